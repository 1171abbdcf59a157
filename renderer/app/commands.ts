/** Everything that can be gone to or done by typing its name, and which of it a text means. */

import type { ProjectOverview } from '../../preload/contract/project.ts';
import type { RecentProject } from '../../preload/contract/projects.ts';
import type { RunHead } from '../../preload/contract/run.ts';
import type { SweepHead } from '../../preload/contract/sweep.ts';
import { formatTask } from '../ui/format.ts';
import {
  compareHref,
  DATA_HREF,
  EXPORT_HREF,
  importHref,
  LABEL_HREF,
  MODELS_HREF,
  newRunHref,
  newSweepHref,
  PROJECT_HREF,
  PROJECTS_HREF,
  RUNS_HREF,
  runHref,
  SWEEPS_HREF,
  sweepHref,
} from './route.ts';
import type { ThemeChoice } from './theme.ts';

export type CommandAct =
  | { readonly kind: 'go'; readonly href: string }
  | { readonly kind: 'theme'; readonly choice: ThemeChoice }
  | { readonly kind: 'open-project'; readonly folder: string }
  | { readonly kind: 'close-project' | 'stop-transfer' }
  | { readonly kind: 'undo-data' | 'redo-data' }
  | { readonly kind: 'stop-run' | 'resume-run' | 'bundle-run'; readonly id: string };

export interface Command {
  readonly id: string;
  readonly title: string;
  /** Beside the title, smaller. */
  readonly note: string;
  /** Other words by which it is meant. */
  readonly words: string;
  readonly act: CommandAct;
}

export interface CommandContext {
  /** Null while none is open. */
  readonly project: ProjectOverview | null;
  readonly runs: readonly RunHead[];
  readonly sweeps: readonly SweepHead[];
  readonly recent: readonly RecentProject[];
}

/** All of them, the usual ones first. */
export function commandsOf({ project, runs, sweeps, recent }: CommandContext): Command[] {
  const ofProject = (commands: readonly Command[]) => (project === null ? [] : commands);
  const ofSweeps = sweeps.map(({ id, state }) => go(`sweep ${id}`, `Sweep ${id}`, state, sweepHref(id), 'search'));
  const others = recent.filter(({ folder, is_there }) => is_there && folder !== project?.folder);
  return [
    ...ofProject(PAGES),
    ...ALWAYS,
    ...ofProject(DATA_ACTIONS),
    ...runs.flatMap(runCommands),
    ...comparison(runs),
    ...ofSweeps,
    ...others.map(openCommand),
  ];
}

const go = (id: string, title: string, note: string, href: string, words = ''): Command => ({
  ...{ id, title, note, words },
  act: { kind: 'go', href },
});

const act = (id: string, title: string, note: string, what: CommandAct, words = ''): Command => ({
  ...{ id, title, note, words },
  act: what,
});

const PAGES: readonly Command[] = [
  go('runs', 'Runs', 'page', RUNS_HREF, 'training experiments table'),
  go('new-run', 'New run', 'train a model', newRunHref(null), 'start training'),
  go('sweeps', 'Sweeps', 'page', SWEEPS_HREF, 'hyperparameters search tuning'),
  go('new-sweep', 'New sweep', 'search hyperparameters', newSweepHref(null), 'start tuning'),
  go('images', 'Images', 'data', DATA_HREF, 'browse grid table filter'),
  go('classes', 'Classes', 'data', `${DATA_HREF}/classes`, 'labels rename merge delete recolour'),
  go('charts', 'Charts', 'data', `${DATA_HREF}/charts`, 'balance sizes boxes distribution'),
  go('look-alikes', 'Look-alikes', 'data', `${DATA_HREF}/look-alikes`, 'duplicates leakage'),
  go('import', 'Import', 'bring in a data set', importHref(''), 'coco voc yolo csv zip folder add images'),
  go(
    'models',
    'Models from elsewhere',
    'add an ONNX model to propose labels',
    MODELS_HREF,
    'onnx import pre-label assist',
  ),
  go('export', 'Export', 'write a data set', EXPORT_HREF, 'coco voc yolo csv save'),
  go('label', 'Label', 'draw on images', LABEL_HREF, 'annotate boxes polygons'),
  go('project', 'Project', 'what to do next, upkeep', PROJECT_HREF, 'home verify repair compact duplicate rename'),
];

const ALWAYS: readonly Command[] = [
  go('projects', 'All projects', 'open or make one', PROJECTS_HREF, 'new create'),
  act('theme-light', 'Light theme', 'look', { kind: 'theme', choice: 'light' }, 'bright colours'),
  act('theme-dark', 'Dark theme', 'look', { kind: 'theme', choice: 'dark' }, 'night colours'),
  act('theme-system', 'Theme of the system', 'look', { kind: 'theme', choice: 'system' }, 'colours'),
];

const DATA_ACTIONS: readonly Command[] = [
  act('undo', 'Undo the last edit of data', 'data', { kind: 'undo-data' }, 'take back'),
  act('redo', 'Redo the last edit of data', 'data', { kind: 'redo-data' }, 'again'),
  act('stop-transfer', 'Stop the import or export', 'data', { kind: 'stop-transfer' }, 'cancel'),
  act('close-project', 'Close the project', 'its runs go on', { kind: 'close-project' }),
];

function runCommands({ id, state, model, primary_metric }: RunHead): Command[] {
  const note = `${model} · ${state}`;
  const isGoing = state === 'running' || state === 'queued';
  return [
    go(`run ${id}`, `Run ${id}`, note, runHref(id), 'curves evaluation'),
    go(`like ${id}`, `New run like ${id}`, note, newRunHref(id), 'settings again copy'),
    ...(isGoing ? [act(`stop ${id}`, `Stop run ${id}`, note, { kind: 'stop-run', id }, 'cancel')] : []),
    ...(state === 'cancelled' || state === 'failed'
      ? [act(`resume ${id}`, `Resume run ${id}`, note, { kind: 'resume-run', id }, 'go on continue')]
      : []),
    ...(!isGoing && primary_metric.best !== null
      ? [
          act(
            `bundle ${id}`,
            `Make a bundle of run ${id}`,
            note,
            { kind: 'bundle-run', id },
            'export onnx deploy model',
          ),
        ]
      : []),
  ];
}

function comparison(runs: readonly RunHead[]): Command[] {
  const [newest, before] = runs;
  if (newest === undefined || before === undefined) return [];
  const note = `${before.id} and ${newest.id}`;
  return [go('compare', 'Compare the two newest runs', note, compareHref([before.id, newest.id]), 'curves difference')];
}

const openCommand = ({ folder, name, task }: RecentProject): Command => ({
  ...{ id: `open ${folder}`, title: `Open ${name}`, note: `${formatTask(task)} · ${folder}`, words: 'recent project' },
  act: { kind: 'open-project', folder },
});

const [BEGINS_TITLE, BEGINS_WORD, INSIDE, ELSEWHERE] = [8, 4, 2, 1];

/** The commands in which every word of the text is found, the best first. An empty text finds all. */
export function matching(commands: readonly Command[], text: string): Command[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return commands
    .map((command) => ({ command, score: scoreOf(command, wanted) }))
    .filter(({ score }) => score !== null)
    .sort((a, b) => b.score! - a.score!)
    .map(({ command }) => command);
}

/** Null where a word is not there. */
function scoreOf({ title, note, words }: Command, wanted: readonly string[]): number | null {
  const name = title.toLowerCase();
  const rest = `${note} ${words}`.toLowerCase();
  let score = 0;
  for (const word of wanted) {
    if (name.startsWith(word)) score += BEGINS_TITLE;
    else if (name.includes(` ${word}`)) score += BEGINS_WORD;
    else if (name.includes(word)) score += INSIDE;
    else if (rest.includes(word)) score += ELSEWHERE;
    else return null;
  }
  return score;
}
