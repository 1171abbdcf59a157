/** Sweeps and trials as text for a terminal. */

import type { SweepSummary, TrialSummary } from '../../preload/contract/sweep.ts';
import { decimal, seconds, table } from './format.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const SPARK_WIDTH = 20;

/** A curve in one line; the latest values where there are more than fit. */
export function sparkline(values: readonly number[]): string {
  const shown = values.slice(-SPARK_WIDTH);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const at = (value: number) => (high > low ? Math.round(((value - low) / (high - low)) * (BARS.length - 1)) : 0);
  return shown.map((value) => BARS[at(value)]).join('');
}

/** What was drawn for a trial, in a line. */
function configurationText({ configuration }: Pick<TrialSummary, 'configuration'>): string {
  return Object.entries(configuration)
    .filter(([name]) => name !== 'model_name')
    .map(([name, value]) => `${name}=${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`)
    .join(' ');
}

export function headline(sweep: SweepSummary): string {
  const { id, name, state, plan, trials, best, epochs } = sweep;
  const ended = trials.filter((trial) => trial.state !== 'queued' && trial.state !== 'running').length;
  const title = name === null ? `sweep ${id}` : `sweep ${id} "${name}"`;
  const leader =
    best === null
      ? ''
      : ` · best ${sweep.primary_metric} ${decimal(best.value)} (trial ${best.trial}, run ${best.run})`;
  const saved = epochs.saved === 0 ? '' : ` · ${savedText(sweep)}`;
  return `${title} ${state} · ${ended} of ${plan.iterations} trials${leader}${saved}`;
}

/** What the policy has spared. */
function savedText({ epochs: { saved, planned, saved_seconds } }: SweepSummary): string {
  const percent = planned === 0 ? 0 : (100 * saved) / planned;
  return `${saved} of ${planned} epochs saved (${percent.toFixed(0)} %, about ${seconds(saved_seconds)})`;
}

export function trialTable(sweep: SweepSummary, trials: readonly TrialSummary[] = sweep.trials): string {
  const rows = trials.map((trial) => [
    String(trial.number),
    trial.state,
    trial.run ?? '–',
    trial.model ?? '–',
    `${trial.epochs_done}/${trial.epochs_planned}`,
    decimal(trial.best),
    sparkline(trial.values),
    configurationText(trial) + (trial.duplicate_of === null ? '' : ` (as trial ${trial.duplicate_of})`),
  ]);
  return table(['trial', 'state', 'run', 'model', 'epochs', 'best', 'curve', 'drawn'], rows);
}

/** Everything of a sweep: what was tried, how it ended, why trials ended early. */
export function describeSweep(sweep: SweepSummary): string {
  const early = sweep.trials.filter(({ reason, state }) => reason !== null && state !== 'completed');
  return [
    headline(sweep),
    ...(sweep.reason === null ? [] : [`ended: ${sweep.reason}`]),
    '',
    trialTable(sweep),
    ...(early.length === 0 ? [] : ['']),
    ...early.map(({ number, reason }) => `trial ${number}: ${reason!.split('\n')[0]}`),
  ].join('\n');
}

/** Sweeps of a project, one a line. */
export function sweepTable(sweeps: readonly SweepSummary[]): string {
  const rows = sweeps.map(({ id, state, trials, plan, best, epochs }) => [
    id,
    state,
    `${trials.length}/${plan.iterations}`,
    decimal(best?.value),
    best === null ? '–' : String(best.trial),
    best?.run ?? '–',
    String(epochs.saved),
  ]);
  return table(['sweep', 'state', 'trials', 'best', 'trial', 'run', 'epochs saved'], rows);
}
