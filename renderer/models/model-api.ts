/** What the page of models from elsewhere asks of the engine. */

import type {
  ImportedModel,
  ModelShelf,
  ModelSource,
  ModelSurvey,
  NewModel,
  Tried,
  TryRequest,
} from '../../preload/contract/imported-models.ts';
import type { FolderListing } from '../../preload/contract/projects.ts';

/** Another object once the connection is there again, so that what failed is asked for again. */
export interface ModelApi {
  watch(signal: AbortSignal): Promise<AsyncIterable<ModelShelf>>;
  folders(folder: string | null): Promise<FolderListing>;
  /** Ids of the images that a model can be tried on, in order. */
  images(): Promise<ArrayLike<number>>;
  survey(source: ModelSource): Promise<ModelSurvey>;
  tryOut(request: TryRequest): Promise<Tried>;
  add(model: NewModel): Promise<ImportedModel>;
  remove(id: string): Promise<unknown>;
}

export interface ModelLinks {
  readonly data: string;
  /** The address of an image's file. */
  readonly picture: (image: number) => string;
}

/** Asks a person for a file by the system's own dialog; null for none. */
export type ChooseFile = () => Promise<string | null>;
