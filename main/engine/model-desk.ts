/** Models from elsewhere, as windows look at them, try them, add them to the open project and take them out again. */

import type { Mask } from '../../native-models/geometry/mask.ts';
import type {
  ClickRequest,
  ImportedModel,
  ModelShelf,
  ModelSource,
  ModelSurvey,
  NewModel,
  Tried,
  TryRequest,
} from '../../preload/contract/imported-models.ts';
import type { Clock } from '../clock.ts';
import type { ModelDesk, Unsubscribe } from '../ipc/engine.ts';
import { addModel, forgetModel } from '../models/add-model.ts';
import { ClickDesk } from '../models/click-desk.ts';
import { importedModels } from '../models/model-store.ts';
import { filesOf, surveyModel } from '../models/survey-model.ts';
import { tryModel } from '../models/try-model.ts';
import type { AllowedFolders } from '../projects/allowed-folders.ts';
import { classNames } from '../store/classes.ts';
import { knownImage } from '../store/images.ts';
import type { ReadProject } from '../store/project.ts';
import type { SharedWriter } from '../store/shared-writer.ts';

export interface ModelDeskParts {
  readonly project: ReadProject;
  readonly writer: SharedWriter;
  readonly allowed: AllowedFolders;
  readonly clock: Clock;
  readonly threads: number;
}

export class ProjectModels implements ModelDesk {
  private readonly parts: ModelDeskParts;
  private readonly clicks: ClickDesk;
  private readonly listeners = new Set<() => void>();
  /** Two that are added at once would want one number. */
  private adding: Promise<unknown> = Promise.resolve();

  constructor(parts: ModelDeskParts) {
    this.parts = parts;
    this.clicks = new ClickDesk(parts.project, parts.threads);
  }

  list(): ModelShelf {
    return importedModels(this.parts.project.folder);
  }

  survey(source: ModelSource, signal: AbortSignal | undefined): Promise<ModelSurvey> {
    const { project, threads } = this.parts;
    const { task } = project.info;
    return surveyModel(this.allowed(source), { task, projectClasses: classNames(project.db), threads, signal });
  }

  tryOut({ source, mapping, image_id }: TryRequest, signal: AbortSignal | undefined): Promise<Tried> {
    const { project, threads } = this.parts;
    const image = knownImage(project.db, image_id);
    return tryModel(project.folder, image, { files: filesOf(this.allowed(source)), mapping, threads }, signal);
  }

  async add({ source, name, mapping }: NewModel): Promise<ImportedModel> {
    const { writer, clock } = this.parts;
    const allowed = this.allowed(source);
    const before = this.adding;
    const added = writer.use(async (project) => {
      await before.catch(() => {}); // best effort: whoever added it was told
      return addModel(project, { source: allowed, name, mapping }, clock.nowMs());
    });
    this.adding = added;
    const model = await added;
    this.tell();
    return model;
  }

  click(request: ClickRequest, signal: AbortSignal | undefined): Promise<Mask | null> {
    return this.clicks.click(request, signal);
  }

  prepare(model: string, image: number, signal: AbortSignal | undefined): Promise<void> {
    return this.clicks.prepare(model, image, signal);
  }

  /** Ends what runs here. */
  close(): Promise<void> {
    return this.clicks.close();
  }

  async remove(id: string): Promise<void> {
    await this.clicks.close(id);
    await this.parts.writer.use((project) => forgetModel(project, id));
    this.tell();
  }

  onChanged(listener: () => void): Unsubscribe {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private allowed({ path, decoder, labels }: ModelSource): ModelSource {
    const { allowed } = this.parts;
    const check = (one: string | null) => (one === null ? null : allowed.check(one));
    return { path: allowed.check(path), decoder: check(decoder), labels: check(labels) };
  }
}
