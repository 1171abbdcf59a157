/** `lightbench models add`, `imported` and `remove`: models from elsewhere in a project. */

import { existsSync, readFileSync } from 'node:fs';
import { AppError } from '../../preload/contract/errors.ts';
import { type ImportedModel, ModelMapping, type ModelSurvey } from '../../preload/contract/imported-models.ts';
import { addModel, forgetModel } from '../models/add-model.ts';
import { importedModels } from '../models/model-store.ts';
import { surveyModel } from '../models/survey-model.ts';
import { classNames } from '../store/classes.ts';
import { type CliContext, withReader, withWriter } from './context.ts';
import { table } from './format.ts';
import { pairOf } from './pair.ts';

export interface AddModelOptions {
  readonly decoder?: string;
  readonly labels?: string;
  readonly name?: string;
  readonly mapping?: string;
  readonly set: readonly string[];
  readonly map: readonly string[];
  readonly drop: readonly string[];
  readonly dryRun?: boolean;
}

/** Looks at the model first; what is guessed of it is said, and may be put right by the options. */
export async function addModelCommand(
  context: CliContext,
  folder: string,
  path: string,
  options: AddModelOptions,
): Promise<void> {
  const { output, threads, signal, clock } = context;
  const source = { path, decoder: options.decoder ?? null, labels: options.labels ?? null };
  const { survey, projectClasses } = await withReader(context, folder, 'models add', async ({ db, info }) => {
    const known = classNames(db);
    return {
      survey: await surveyModel(source, { task: info.task, projectClasses: known, threads, signal }),
      projectClasses: known,
    };
  });
  const mapping = mappingOf(survey, options);
  const name = options.name ?? survey.name;
  if (options.dryRun === true) {
    const text = [...survey.guesses, '', JSON.stringify(mapping, null, 2)].join('\n');
    output.result({ ...survey, name, mapping }, text);
    return;
  }
  const model = await withWriter(context, folder, 'models add', (project) =>
    addModel(project, { source, name, mapping }, clock.nowMs()),
  );
  output.result(model, [...survey.guesses, describeAdded(model, projectClasses)].join('\n'));
}

export async function importedModelsCommand(context: CliContext, folder: string): Promise<void> {
  const shelf = await withReader(context, folder, 'models imported', (project) => importedModels(project.folder));
  const rows = shelf.models.map(({ id, name, source, mapping, files }) => {
    const bytes = files.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
    return [id, name, doesWhat(mapping), source, `${(bytes / 1e6).toFixed(1)} MB`];
  });
  const damaged = shelf.damaged.map((problem) => `damaged: ${problem}`);
  context.output.result(shelf, [table(['model', 'name', 'does', 'from', 'size'], rows), ...damaged].join('\n'));
}

export async function removeModelCommand(context: CliContext, folder: string, id: string): Promise<void> {
  await withWriter(context, folder, 'models remove', (project) => forgetModel(project, id));
  context.output.result({ removed: id }, `removed ${id}, with what it had proposed`);
}

function describeAdded({ id, name, mapping }: ImportedModel, projectClasses: readonly string[]): string {
  if (mapping.kind === 'clicks') return `added ${id} "${name}": it answers clicks on the canvas`;
  const targets = mapping.classes.flatMap(({ to }) => to ?? []);
  const fresh = [...new Set(targets)].filter((to) => !projectClasses.includes(to)).length;
  const left = mapping.classes.length - targets.length;
  return `added ${id} "${name}": it ${doesWhat(mapping)}; of its ${mapping.classes.length} classes ${left} are left out, ${fresh} become classes when they are first used`;
}

function doesWhat(mapping: ModelMapping): string {
  if (mapping.kind === 'clicks') return 'answers clicks';
  const tellsClasses = mapping.kind === 'bundle' ? mapping.finds === 'classes' : mapping.output.kind === 'classes';
  return tellsClasses ? 'tells classes of images' : 'finds objects';
}

/** Errors: model-invalid where nothing could be guessed; bad-argument for options that do not fit. */
function mappingOf(survey: ModelSurvey, options: AddModelOptions): ModelMapping {
  const { mapping: given, set, map, drop } = options;
  const begun = given === undefined ? survey.mapping : parsed(readMapping(given), `--mapping ${given}`);
  if (begun === null) throw new AppError('model-invalid', `${survey.model.path}: ${survey.guesses.at(-1)}`);
  const changed = structuredClone(begun) as unknown as Record<string, unknown>;
  for (const one of set) setAt(changed, one);
  const mapping = parsed(changed, '--set');
  return mapping.kind === 'clicks' ? mapping : { ...mapping, classes: mappedClasses(mapping.classes, map, drop) };
}

/** The mapping alone, or what a dry run prints as JSON. Errors: file-missing, bad-json. */
function readMapping(file: string): unknown {
  if (!existsSync(file)) throw new AppError('file-missing', `--mapping: there is no file ${file}`, { file });
  try {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(json) && 'mapping' in json ? json['mapping'] : json;
  } catch (error) {
    throw new AppError('bad-json', `--mapping: ${file} is not JSON`, { file }, { cause: error });
  }
}

function parsed(json: unknown, what: string): ModelMapping {
  const result = ModelMapping.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new AppError('bad-argument', `${what}: field ${issue!.path.join('.') || '(all)'}: ${issue!.message}`);
}

/** `input.colour=bgr`; a value is JSON, or else text. */
function setAt(mapping: Record<string, unknown>, assignment: string): void {
  const [, way, text] = /^([a-z_.]+)=(.*)$/.exec(assignment) ?? [];
  const names = way?.split('.') ?? [];
  const last = names.pop();
  let at: unknown = mapping;
  for (const name of names) at = isRecord(at) ? at[name] : undefined;
  if (last === undefined || !isRecord(at) || !Object.hasOwn(at, last)) {
    const message = `--set takes FIELD=VALUE with a field of the mapping, as input.colour=bgr, got "${assignment}"; --dry-run shows them`;
    throw new AppError('bad-argument', message, { got: assignment });
  }
  at[last] = jsonOrText(text!);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a word, as bgr
  }
}

type Classes = Extract<ModelMapping, { kind: 'mapped' }>['classes'];

function mappedClasses(classes: Classes, map: readonly string[], drop: readonly string[]): Classes {
  const targets = new Map<string, string | null>(drop.map((name) => [name, null]));
  for (const pair of map) {
    const [from, to] = pairOf('--map', pair);
    targets.set(from, to.trim());
  }
  for (const name of targets.keys()) {
    if (classes.some((one) => one.name === name)) continue;
    throw new AppError('class-not-found', `the model has no class "${name}"`, { class: name });
  }
  return classes.map((one) => (targets.has(one.name) ? { ...one, to: targets.get(one.name)! } : one));
}
