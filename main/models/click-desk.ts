/** Clicks on images of a project, answered by a model from elsewhere in a process that is kept while somebody clicks. */

import { join } from 'node:path';
import type { Mask } from '../../native-models/geometry/mask.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ClickMapping, ClickRequest } from '../../preload/contract/imported-models.ts';
import { imageFile, knownImage } from '../store/images.ts';
import type { ReadProject } from '../store/project.ts';
import type { ClickedPicture, ClickJob } from '../train/protocol.ts';
import { ClickProcess } from './click-process.ts';
import { checkFiles, importedModel, modelFolder } from './model-store.ts';

/** Memory is given back when nobody has clicked for so long. */
const KEPT_MS = 600_000;

export class ClickDesk {
  private readonly project: ReadProject;
  private readonly threads: number;
  private open: { readonly id: string; readonly process: Promise<ClickProcess> } | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(project: ReadProject, threads: number) {
    this.project = project;
    this.threads = threads;
  }

  /** Null where it finds nothing. Errors: model-unknown, image-unknown; as `ClickProcess.ask`. */
  async click(
    { model_id, image_id, points, box }: ClickRequest,
    signal: AbortSignal | undefined,
  ): Promise<Mask | null> {
    const picture = this.picture(image_id);
    const process = await this.processOf(model_id);
    return process.ask({ picture, points, box }, signal);
  }

  /** Errors: as `click`. */
  async prepare(modelId: string, imageId: number, signal: AbortSignal | undefined): Promise<void> {
    const picture = this.picture(imageId);
    const process = await this.processOf(modelId);
    await process.prepare(picture, signal);
  }

  /** Of one model, before it is removed; or whatever runs. */
  async close(id: string | null = null): Promise<void> {
    const { open } = this;
    if (open === null || (id !== null && open.id !== id)) return;
    this.open = null;
    if (this.timer !== null) clearTimeout(this.timer);
    await open.process.then((process) => process.close()).catch(() => {}); // one that did not start has nothing to end
  }

  private picture(imageId: number): ClickedPicture {
    const image = knownImage(this.project.db, imageId);
    return { key: image.sha256, path: imageFile(this.project.folder, image) };
  }

  private async processOf(id: string): Promise<ClickProcess> {
    if (this.open?.id !== id) {
      void this.close();
      this.open = { id, process: this.start(id) };
    }
    const { process } = this.open;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.close(), KEPT_MS).unref();
    try {
      return await process;
    } catch (error) {
      if (this.open?.process === process) this.open = null; // the next click looks again
      throw error;
    }
  }

  private async start(id: string): Promise<ClickProcess> {
    const model = importedModel(this.project.folder, id);
    if (model.mapping.kind !== 'clicks') {
      throw new AppError('model-invalid', `"${model.name}" answers no clicks`, { id });
    }
    await checkFiles(this.project.folder, model);
    const folder = modelFolder(this.project.folder, id);
    return new ClickProcess(
      clickJob(join(folder, 'model.onnx'), join(folder, 'decoder.onnx'), model.mapping, this.threads),
    );
  }
}

export function clickJob(encoderFile: string, decoderFile: string, mapping: ClickMapping, threads: number): ClickJob {
  return { kind: 'answer-clicks', encoderFile, decoderFile, mapping, device: 'cpu', threads };
}
