/**
 * Job files of the product's second generation, told as a file of ours.
 * Source: product specification, section 4.2.
 */

import { canonicalName } from '../../native-models/catalog/aliases.ts';
import { PRIMARY_METRICS, Task } from '../../preload/contract/tasks.ts';
import type { Report } from './problems.ts';
import { isMapping, type Rename } from './read-space.ts';

type Path = readonly (string | number)[];
type Mapping = Readonly<Record<string, unknown>>;

const NMS = { yolov5: 'box_iou_thresh', others: 'box_nms_thresh' };

/** The seed's name of a hyperparameter; a later one that stands for two of them, by the model beside it. */
export const seedName: Rename = (name, branch) => {
  const isYolo = JSON.stringify(branch['model_name'] ?? '').includes('yolov5');
  const other = isYolo ? NMS.others : NMS.yolov5;
  return canonicalName(name, (candidate) => candidate !== name && candidate !== other);
};

/** What a job says that has no meaning on one machine, or is the project's. */
const IGNORED = [
  '$schema',
  'type',
  'compute',
  'description',
  'display_name',
  'experiment_name',
  'log_verbosity',
  'outputs',
  'primary_metric',
  'properties',
  'queue_settings',
  'resources',
  'tags',
  'target_column_name',
  'test_data',
  'training_data',
  'validation_data',
];
const READ = [
  'task',
  'limits',
  'sweep',
  'search_space',
  'training_parameters',
  'image_model',
  'validation_data_size',
  'name',
];
const LIMITS = [
  'max_trials',
  'max_concurrent_trials',
  'timeout_minutes',
  'timeout',
  'max_nodes',
  'trial_timeout_minutes',
];
const MINUTES_PER_HOUR = 60;

/** Whether a file is one of the second generation. */
export function isV2Job(root: Mapping): boolean {
  return ['limits', 'sweep', 'search_space', 'training_parameters', 'image_model'].some((key) => key in root);
}

export interface ConvertedJob {
  /** In the form of a file of ours, without its space. */
  readonly file: Mapping;
  readonly space: { readonly raw: unknown; readonly path: Path } | null;
  readonly notes: readonly string[];
  /** Where a place of our form is in the job. */
  readonly placeOf: (path: Path) => Path;
}

export function fromV2Job(root: Mapping, report: Report): ConvertedJob {
  for (const key of Object.keys(root)) {
    if (!IGNORED.includes(key) && !READ.includes(key)) report([key], `unknown key "${key}" of a job file`);
  }
  refuseOtherMetric(root, report);
  const limits = mappingAt(root, 'limits', report);
  for (const key of Object.keys(limits)) {
    if (!LIMITS.includes(key)) report(['limits', key], `unknown limit "${key}"; there are ${LIMITS.join(', ')}`);
  }
  const sweep = mappingAt(root, 'sweep', report);
  const minutes = limits['timeout_minutes'] ?? limits['timeout'];
  const file = {
    ...present('name', root['name']),
    ...present('task', typeof root['task'] === 'string' ? root['task'].replaceAll('_', '-') : root['task']),
    ...present('iterations', limits['max_trials']),
    ...present('max_concurrent_iterations', limits['max_concurrent_trials']),
    ...present('experiment_timeout_hours', typeof minutes === 'number' ? minutes / MINUTES_PER_HOUR : minutes),
    ...present('trial_timeout_minutes', limits['trial_timeout_minutes']),
    ...present('early_termination_policy', sweep['early_termination']),
    ...present('arguments', argumentsOf(root, report)),
    ...present('sampling', samplingOf(sweep['sampling_algorithm'])),
  };
  const ignored = Object.keys(root).filter((key) => IGNORED.includes(key) && key !== '$schema' && key !== 'type');
  return {
    file,
    space: 'search_space' in root ? { raw: root['search_space'], path: ['search_space'] } : null,
    notes: ignored.length === 0 ? [] : [`of the job file these are left to the project: ${ignored.join(', ')}`],
    placeOf,
  };
}

/** Source: product specification, section 8. */
function refuseOtherMetric({ task, primary_metric: metric }: Mapping, report: Report): void {
  const parsed = Task.safeParse(String(task).replaceAll('_', '-'));
  if (!parsed.success || metric === undefined) return;
  const only = PRIMARY_METRICS[parsed.data];
  if (metric !== only) report(['primary_metric'], `${parsed.data} is judged by ${only}; got ${JSON.stringify(metric)}`);
}

const PLACES: Readonly<Record<string, Path>> = {
  iterations: ['limits', 'max_trials'],
  max_concurrent_iterations: ['limits', 'max_concurrent_trials'],
  experiment_timeout_hours: ['limits', 'timeout_minutes'],
  trial_timeout_minutes: ['limits', 'trial_timeout_minutes'],
  early_termination_policy: ['sweep', 'early_termination'],
  sampling: ['sweep', 'sampling_algorithm'],
  arguments: ['training_parameters'],
};

const placeOf = (path: Path): Path => [...(PLACES[String(path[0])] ?? path.slice(0, 1)), ...path.slice(1)];

/** `image_model` was the earlier name of `training_parameters`. */
function argumentsOf(root: Mapping, report: Report): Mapping | undefined {
  const given = { ...mappingAt(root, 'image_model', report), ...mappingAt(root, 'training_parameters', report) };
  const size = root['validation_data_size'];
  const all = size === undefined ? given : { ...given, validation_data_size: size };
  if (Object.keys(all).length === 0) return undefined;
  return all;
}

function samplingOf(raw: unknown): Mapping | undefined {
  if (typeof raw === 'string') return { algorithm: raw };
  if (!isMapping(raw)) return undefined;
  const { type, ...rest } = raw;
  return { ...present('algorithm', type), ...rest };
}

function mappingAt(root: Mapping, key: string, report: Report): Mapping {
  const value = root[key];
  if (value === undefined || value === null) return {};
  if (isMapping(value)) return value;
  report([key], `${key} must be a mapping, got ${JSON.stringify(value)}`);
  return {};
}

const present = (key: string, value: unknown): Mapping => (value === undefined ? {} : { [key]: value });
