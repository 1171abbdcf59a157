/** What labelling needs of the engine, and where its pages are. */

import type { Mask } from '../../native-models/geometry/mask.ts';
import type { MadeEdit, TurnedEdit } from '../../preload/contract/data.ts';
import type { ClickRequest } from '../../preload/contract/imported-models.ts';
import type {
  Change,
  Edit,
  HistoryEntry,
  ImageChange,
  ImageEvent,
  ImageNeighbours,
  ImagePicture,
} from '../../preload/contract/labelling.ts';
import type { PredictEvent, PredictRequest } from '../../preload/contract/proposals.ts';
import type { SequenceView } from '../../preload/contract/sequences.ts';

export interface LabelApi {
  /** Ends with the connection, or when the signal is aborted. */
  watch(image: number, signal: AbortSignal): Promise<AsyncIterable<ImageEvent>>;
  apply(edit: Edit): Promise<ImageChange>;
  undo(image: number): Promise<ImageChange>;
  redo(image: number): Promise<ImageChange>;
  history(image: number): Promise<readonly HistoryEntry[]>;
  neighbours(image: number): Promise<ImageNeighbours>;
  picture(image: number): Promise<ImagePicture>;
  /** Null for an image that is no frame. */
  sequence(image: number): Promise<SequenceView | null>;
  beginTrack(image: number): Promise<number>;
  /** Makes objects of the boxes between key frames; of all tracks with null. */
  fillTracks(sequence: number, tracks: readonly number[] | null): Promise<MadeEdit>;
  /** Takes that one edit of many images back; null where it was already. */
  undoEdit(id: number): Promise<TurnedEdit | null>;
  /** Has a run look at images; what it says comes with each image's changes. */
  predict(request: PredictRequest, signal: AbortSignal): Promise<AsyncIterable<PredictEvent>>;
  /** The next image on which two models disagree, the most disagreed-on first; null where there is none. */
  nextDisagreement(image: number): Promise<number | null>;
  /** The object at some points, by a model that answers clicks; null where it finds none. */
  click(request: ClickRequest, signal: AbortSignal): Promise<Mask | null>;
  /** Has such a model look at an image ahead of the first click. */
  prepare(model: string, image: number, signal: AbortSignal): Promise<unknown>;
  /** Adds to the time that people have worked on the image; returns all of it. Units: milliseconds. */
  spend(image: number, spentMs: number): Promise<number>;
  first(): Promise<number | null>;
}

/** The engine's side of one image. */
export interface LabelSource {
  apply(name: string, changes: readonly Change[]): Promise<ImageChange>;
  undo(): Promise<ImageChange>;
  redo(): Promise<ImageChange>;
}

export interface LabelLinks {
  /** The address of an image's file. */
  readonly picture: (image: number) => string;
  /** The address below which the tiles of a large image with that content are, and that of a small picture of it. */
  readonly tiles: (sha256: string) => string;
  readonly thumbnail: (sha256: string) => string;
  /** The page that labels an image. */
  readonly label: (image: number) => string;
  /** The page that labels the first image that waits, and the one that brings images in. */
  readonly start: string;
  readonly importData: string;
  /** The page of models from elsewhere. */
  readonly models: string;
  /** Goes there. */
  readonly follow: (href: string) => void;
}
