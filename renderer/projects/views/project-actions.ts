/** What the pages about projects ask of the engine. */

import type {
  CompactReport,
  CopyEvent,
  FolderListing,
  NewProject,
  ProjectsHome,
  RepairReport,
  RepairRequest,
  VerifyEvent,
} from '../../../preload/contract/projects.ts';

export interface ProjectActions {
  home(): Promise<ProjectsHome>;
  folders(folder: string | null): Promise<FolderListing>;
  open(folder: string): Promise<unknown>;
  close(): Promise<unknown>;
  create(project: NewProject): Promise<unknown>;
  forget(folder: string): Promise<unknown>;
  restore(folder: string): Promise<unknown>;
  rename(name: string): Promise<unknown>;
  duplicate(parent: string, name: string): Promise<AsyncIterable<CopyEvent>>;
  verify(signal: AbortSignal): Promise<AsyncIterable<VerifyEvent>>;
  repair(request: RepairRequest): Promise<RepairReport>;
  compact(): Promise<CompactReport>;
}

export interface ProjectLinks {
  readonly projects: string;
  readonly project: string;
  readonly data: string;
  readonly importData: string;
  readonly label: string;
  readonly runs: string;
  readonly newRun: string;
  readonly run: (id: string) => string;
  readonly follow: (href: string) => void;
}
