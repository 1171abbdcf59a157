/** What the pages about images ask of the engine. */

import type {
  DataEdit,
  DataFacts,
  DataState,
  ImageCard,
  ImageQuery,
  LookAlikeEvent,
  TurnedEdit,
} from '../../../preload/contract/data.ts';
import type { PredictEvent, PredictRequest } from '../../../preload/contract/proposals.ts';

/** Another object once the connection is there again, so that what failed is asked for again. */
export interface DataSource {
  watch(signal: AbortSignal): Promise<AsyncIterable<DataState>>;
  facts(): Promise<DataFacts>;
  /** Ids in order. */
  find(query: ImageQuery): Promise<Uint32Array>;
  cards(ids: readonly number[]): Promise<readonly ImageCard[]>;
  /** What was done, in words. */
  edit(edit: DataEdit): Promise<string>;
  /** Null where there was nothing to take back, or to do again. */
  undo(): Promise<TurnedEdit | null>;
  redo(): Promise<TurnedEdit | null>;
  /** Has a run look at images; what it says is proposed on the canvas. */
  predict(request: PredictRequest, signal: AbortSignal): Promise<AsyncIterable<PredictEvent>>;
  lookAlikes(signal: AbortSignal): Promise<AsyncIterable<LookAlikeEvent>>;
}

export interface DataLinks {
  readonly images: string;
  readonly classes: string;
  readonly charts: string;
  readonly lookAlikes: string;
  readonly importData: string;
  readonly exportData: string;
  /** The page of models from elsewhere. */
  readonly models: string;
  /** The page that labels an image. */
  readonly label: (image: number) => string;
}
