/** What the pages about imports and exports ask of the engine. */

import type { FolderListing } from '../../preload/contract/projects.ts';
import type {
  CheckEvent,
  ExportCheckEvent,
  ExportFormatName,
  ExportRequest,
  ImportRequest,
  ImportSource,
  SurveyEvent,
  TransferState,
} from '../../preload/contract/transfers.ts';

/** Another object once the connection is there again, so that what failed is asked for again. */
export interface TransferApi {
  folders(folder: string | null): Promise<FolderListing>;
  exportFormats(): Promise<readonly ExportFormatName[]>;
  survey(source: ImportSource, signal: AbortSignal): Promise<AsyncIterable<SurveyEvent>>;
  check(request: ImportRequest, signal: AbortSignal): Promise<AsyncIterable<CheckEvent>>;
  checkExport(request: ExportRequest, signal: AbortSignal): Promise<AsyncIterable<ExportCheckEvent>>;
  startImport(request: ImportRequest): Promise<unknown>;
  startExport(request: ExportRequest): Promise<unknown>;
  stop(): Promise<unknown>;
  forgetUnfinished(): Promise<unknown>;
  watch(signal: AbortSignal): Promise<AsyncIterable<TransferState>>;
}

/** Asks a person for a path by the system's own dialog; null for none. */
export type ChoosePath = (kind: 'folder' | 'source' | 'model') => Promise<string | null>;

export interface TransferLinks {
  readonly data: string;
  readonly importData: string;
  readonly exportData: string;
  readonly label: string;
}
