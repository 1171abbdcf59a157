/** What the engine says to a training child, and what the child says back. One job, then messages, then the end. */

import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import type { InputConvention } from '../../native-models/catalog.ts';
import type { Method } from '../../native-models/explain/methods.ts';
import type { Quadrature } from '../../native-models/explain/quadrature.ts';
import type { Size, Xyxy } from '../../native-models/geometry/box.ts';
import type { Mask } from '../../native-models/geometry/mask.ts';
import type { Activation } from '../../native-models/training.ts';
import type { ClickMapping, FileFacts, InputMapping, OutputMapping } from '../../preload/contract/imported-models.ts';
import type { EpochRow, RunThresholds } from '../../preload/contract/run.ts';
import type { ClassificationTask, ObjectTask, Task } from '../../preload/contract/tasks.ts';
import type { Device } from '../devices/device.ts';
import type { ErrorRecord } from '../images/error-record.ts';
import type { FeedSample } from '../images/feed-protocol.ts';
import type { PictureObject } from '../images/objects/objects.ts';
import type { RemadeDetector } from './remade-detector.ts';
import type { Viewing } from './view-detections.ts';

export interface LabelledSample extends FeedSample {
  /** Indices of its classes, ascending: one where every image has one class, else any number. */
  readonly labels: readonly number[];
}

export interface SampleObject extends PictureObject {
  /** It surrounds many objects; it is neither trained on nor counted. */
  readonly isCrowd: boolean;
}

export interface ObjectSample extends FeedSample {
  /** Of the upright picture, in whose pixels its objects are. */
  readonly size: Size;
  readonly objects: readonly SampleObject[];
}

/** A model and how it is fed: what every child needs, whatever its job. */
export interface Setting<T extends Task> {
  readonly task: T;
  readonly model: string;
  readonly classes: readonly string[];
  readonly convention: InputConvention;
  readonly device: Device;
  readonly threads: number;
}

export type ModelSetting = Setting<ClassificationTask>;
export type ObjectSetting = Setting<ObjectTask>;

interface TrainFacts {
  readonly kind: 'train';
  /** Absolute; checkpoints go below it. */
  readonly runFolder: string;
  readonly params: Hyperparameters;
  readonly primaryMetric: string;
  /** A safetensors file to start from; null from scratch. */
  readonly weightsFile: string | null;
  /** Go on from the run's last checkpoint, which must be there. */
  readonly resume: boolean;
}

interface Parts<Sample> {
  readonly train: readonly Sample[];
  readonly validation: readonly Sample[];
}

export interface ClassTrainJob extends ModelSetting, TrainFacts, Parts<LabelledSample> {}
export interface ObjectTrainJob extends ObjectSetting, TrainFacts, Parts<ObjectSample> {}
export type TrainJob = ClassTrainJob | ObjectTrainJob;

/** Has a checkpoint of a run say what it sees in images. */
export type EvaluateJob = ClassEvaluateJob | ObjectEvaluateJob;

export interface ClassEvaluateJob extends ModelSetting {
  readonly kind: 'evaluate';
  readonly checkpoint: string;
  readonly samples: readonly LabelledSample[];
  readonly resizeSize: number;
  readonly cropSize: number;
  readonly batchSize: number;
  readonly workers: number;
}

export interface ObjectEvaluateJob extends ObjectSetting {
  readonly kind: 'evaluate';
  readonly checkpoint: string;
  readonly samples: readonly ObjectSample[];
  readonly params: Hyperparameters;
  /** Those the run was made of; its canvas has room for each. */
  readonly pictures: readonly Size[];
}

/** Writes the ONNX files of a bundle and runs them on the golden images. */
export interface ExportJob extends ModelSetting {
  readonly kind: 'export';
  readonly checkpoint: string;
  /** Absolute; exists. */
  readonly outFolder: string;
  readonly resizeSize: number;
  readonly cropSize: number;
  /** Absolute paths. */
  readonly goldenImages: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly productVersion: string;
}

/** Scores images with a bundle's model, one request after the other, until it is told that there are no more. */
export interface ScoreJob {
  readonly kind: 'score';
  readonly modelFile: string;
  /** As the bundle names it; the catalog need not know it to score at the size that the file is for. */
  readonly model: string;
  /** The file is for another size: the network is made anew. */
  readonly isRemade: boolean;
  readonly classes: readonly string[];
  readonly activation: Activation;
  readonly resizeSize: number;
  readonly cropSize: number;
  readonly convention: InputConvention;
  readonly device: Device;
  readonly threads: number;
}

/** Writes the ONNX files of a detector's bundle and runs them on the golden image. */
export interface ObjectExportJob extends ObjectSetting {
  readonly kind: 'export-objects';
  readonly checkpoint: string;
  /** Absolute; exists. */
  readonly outFolder: string;
  readonly params: Hyperparameters;
  /** Those the run was made of; its canvas has room for each. */
  readonly pictures: readonly Size[];
  readonly golden: ObjectSample;
  readonly metadata: Readonly<Record<string, string>>;
  readonly productVersion: string;
}

/** Finds objects with a bundle's model, as a `ScoreJob` tells classes. */
export interface ObjectScoreJob {
  readonly kind: 'score-objects';
  /** The one that takes bytes. */
  readonly modelFile: string;
  /** What the network is made anew for; null: it runs as it was exported. */
  readonly remade: RemadeDetector | null;
  readonly viewing: Viewing;
  readonly device: Device;
  readonly threads: number;
}

/** With the free text of the file. */
export interface InspectedModel extends FileFacts {
  readonly metadata: ReadonlyMap<string, string>;
}

/** Looks at a stranger's ONNX file: what goes in, what comes out, and what it makes of a grey picture. */
export interface InspectJob {
  readonly kind: 'inspect-model';
  readonly file: string;
  /** Of the picture, where the file takes any. Units: pixels. */
  readonly side: number;
  readonly device: Device;
  readonly threads: number;
}

/** Scores images with a model from elsewhere, as a `ScoreJob` does with ours. */
export interface ImportedScoreJob {
  readonly kind: 'score-imported';
  readonly modelFile: string;
  readonly input: InputMapping;
  readonly output: OutputMapping;
  readonly classCount: number;
  readonly device: Device;
  readonly threads: number;
}

/** Answers clicks on pictures with a pair of files, until it is ended. */
export interface ClickJob {
  readonly kind: 'answer-clicks';
  /** Looks at a picture. */
  readonly encoderFile: string;
  /** Answers clicks on what was seen. */
  readonly decoderFile: string;
  readonly mapping: ClickMapping;
  readonly device: Device;
  readonly threads: number;
}

/** `key`: by which what was seen of it is kept. */
export interface ClickedPicture {
  readonly key: string;
  readonly path: string;
}

/** Units: pixels of the upright picture. */
export interface ClickQuestion {
  readonly picture: ClickedPicture;
  readonly points: readonly { readonly x: number; readonly y: number; readonly is_inside: boolean }[];
  readonly box: Xyxy | null;
}

export interface ClickAsked {
  readonly id: number;
  readonly picture: ClickedPicture;
  /** Null: the picture is looked at ahead of the first click. */
  readonly question: ClickQuestion | null;
}

/** A file by its absolute path; or its bytes, with what to call it. */
export type ImageSource = { readonly path: string } | { readonly name: string; readonly bytes: Uint8Array };

export interface ScoreRequest {
  readonly id: number;
  readonly image: ImageSource;
  /** Null: scores alone. */
  readonly explain: ExplanationOrder | null;
}

/** What to explain, how, and what to hand out of it. */
export interface ExplanationOrder {
  readonly method: Method;
  /** From which probability on a class is explained, in the order of the classes; null: the most probable one is. */
  readonly thresholds: readonly number[] | null;
  /** Points between a baseline and the image, of the methods that integrate. */
  readonly steps: number;
  readonly quadrature: Quadrature;
  /** Of `xrai`. */
  readonly isFast: boolean;
  readonly hasPicture: boolean;
  readonly hasAttribution: boolean;
}

export interface Explanation {
  readonly classIndex: number;
  /** A PNG file, where it was asked for. */
  readonly picture: Uint8Array | null;
  /** Shapes: [3, cropSize, cropSize], where it was asked for. */
  readonly attribution: Float32Array | null;
}

/** Runs a tiny training step on a device and compares it with what is known to be right. */
export interface ProbeJob {
  readonly kind: 'probe';
  readonly device: Device;
}

/** Trains one update and judges one batch, to see how much memory the run would need. */
export interface MeasureJob {
  readonly kind: 'measure';
  readonly train: TrainJob;
  readonly device: Device;
}

export type Job =
  | MeasureJob
  | TrainJob
  | EvaluateJob
  | ExportJob
  | ObjectExportJob
  | ScoreJob
  | ObjectScoreJob
  | ImportedScoreJob
  | InspectJob
  | ClickJob
  | ProbeJob;

export type ToChild =
  | { readonly type: 'job'; readonly job: Job }
  | { readonly type: 'cancel' }
  /** To a job that scores. */
  | { readonly type: 'score'; readonly request: ScoreRequest }
  /** To a job that answers clicks. */
  | { readonly type: 'click'; readonly asked: ClickAsked }
  /** To a job that answers clicks: nobody waits for the answer any more. */
  | { readonly type: 'take-back'; readonly id: number }
  /** To a job that scores: it ends when it has answered what it was asked. */
  | { readonly type: 'no-more' };

export interface EpochReport {
  readonly row: EpochRow;
  readonly valid_loss: number | null;
  /** Best value of the primary metric so far, and its epoch. */
  readonly best: { readonly value: number; readonly epoch: number } | null;
  /** Of an epoch that is the best so far, where an image may have several classes. */
  readonly thresholds?: RunThresholds;
}

export interface Scores {
  /** Probabilities. Shapes: [samples, classes], in the order of the job's samples. */
  readonly probabilities: Float32Array;
  /** Mean cross-entropy in nats per image, or per image and class. */
  readonly loss: number;
}

/** Detections of images, image after image, best first. */
export interface FoundObjects {
  /** Which of the job's samples each lies in. Shapes: [N]. */
  readonly images: Int32Array;
  /** In pixels of the upright picture. Shapes: xyxy [N,4]. */
  readonly boxes: Float32Array;
  /** Shapes: [N]. */
  readonly labels: Int32Array;
  /** Shapes: [N]. */
  readonly scores: Float32Array;
  /** Of the size of the picture, [N]; null where boxes are all that is found. */
  readonly masks: readonly Mask[] | null;
}

/** What a model says of images. */
export type Scored =
  | { readonly kind: 'classes'; readonly scores: Scores }
  | { readonly kind: 'objects'; readonly found: FoundObjects };

export interface ScoredObject {
  /** Index of its class. */
  readonly label: number;
  readonly score: number;
  /** xyxy in fractions of the picture's sides. */
  readonly fractions: Xyxy;
  /** Of the size of the picture; null where boxes are all that is found. */
  readonly mask: Mask | null;
}

/** One image's probabilities, or its objects, best first; or why it has none. */
export type ImageScore =
  | { readonly objects: readonly ScoredObject[] }
  | { readonly probabilities: readonly number[]; readonly explanations: readonly Explanation[] }
  | { readonly error: ErrorRecord };

/** Units: loss in nats per image; remainingMs of the whole run. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly phase: 'training' | 'evaluating';
  readonly step: number;
  readonly steps: number;
  readonly loss: number | null;
  readonly imagesPerSecond: number | null;
  readonly remainingMs: number | null;
}

export type FromChild =
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'progress'; readonly progress: Progress }
  /** `isRepeated`: reached before the run was resumed. */
  | { readonly type: 'epoch'; readonly report: EpochReport; readonly isRepeated: boolean }
  /** How many views of the images of an evaluate job are done. */
  | { readonly type: 'judging'; readonly done: number; readonly total: number }
  /** Of the images of an evaluate job; or, at the end of training, of the validation images by the kept model. */
  | { readonly type: 'scored'; readonly scored: Scored }
  /** A job that scores or answers clicks takes requests from now on. */
  | { readonly type: 'ready' }
  | { readonly type: 'image-score'; readonly id: number; readonly score: ImageScore }
  /** The object that was clicked, null for none; or why there is no answer. */
  | { readonly type: 'clicked'; readonly id: number; readonly mask: Mask | null; readonly error: ErrorRecord | null }
  | { readonly type: 'inspected'; readonly facts: InspectedModel }
  /** The most memory the process had; null when it was too little, and the run would go on with smaller batches. */
  | { readonly type: 'measured'; readonly peakBytes: number | null }
  | { readonly type: 'done'; readonly reason: string | null }
  | { readonly type: 'failed'; readonly error: ErrorRecord };
