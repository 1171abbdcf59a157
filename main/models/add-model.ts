/** Takes a model from elsewhere into a project, as it was looked at and mapped. */

import { basename, join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { ImportedModel, ModelMapping, ModelSource } from '../../preload/contract/imported-models.ts';
import { DESCRIPTION_FILE } from '../bundle/description.ts';
import { forgetPredictions } from '../store/predictions.ts';
import type { WriteProject } from '../store/project.ts';
import { checkTask } from './model-parts.ts';
import { type KeptModel, keepModel, removeModel } from './model-store.ts';
import { filesOf } from './survey-model.ts';

export interface AddedModel {
  readonly source: Pick<ModelSource, 'path' | 'decoder'>;
  readonly name: string;
  readonly mapping: ModelMapping;
}

/** Errors: file-missing, bundle-invalid, model-invalid; disk-full, folder-unwritable. */
export async function addModel(project: WriteProject, added: AddedModel, addedAtMs: number): Promise<ImportedModel> {
  const { source, name, mapping } = added;
  checkTask(mapping, project.info.task);
  return keepModel(project.folder, {
    ...{ name, mapping, source: basename(source.path), added_at_ms: addedAtMs },
    files: keptFiles(source, mapping),
  });
}

/** With all that it has said. Errors: model-unknown. */
export function forgetModel({ db, folder }: WriteProject, id: string): void {
  removeModel(folder, id);
  forgetPredictions(db, id);
}

function keptFiles(source: AddedModel['source'], { kind }: ModelMapping): KeptModel['files'] {
  const { model, decoder, bundle } = filesOf(source);
  if ((kind === 'bundle') !== (bundle !== null) || (kind === 'clicks') !== (decoder !== null)) {
    throw new AppError('model-invalid', `${source.path} is another kind of model than its mapping says`, { kind });
  }
  const name = basename(model) === 'model-pixels.onnx' && bundle !== null ? 'model-pixels.onnx' : 'model.onnx';
  return [
    { role: 'model', name, path: model },
    ...(decoder === null ? [] : [{ role: 'decoder', name: 'decoder.onnx', path: decoder } as const]),
    ...(bundle === null
      ? []
      : [{ role: 'description', name: 'bundle.json', path: join(bundle, DESCRIPTION_FILE) } as const]),
  ];
}
