/**
 * Benchmarks against torch on the same machine, in one run, taking turns.
 * `npm run bench [-- --only step|ops] [--case PART-OF-A-NAME] [--steps N] [--rounds N] [--json]`
 * Prints tables with medians and spread; without torch it prints our side alone and says so. With `--json`, standard
 * output is one array of rows.
 */

import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { hasTorch } from './contender.ts';
import { opsBenchmark, opsTable } from './ops.ts';
import { figure } from './statistics.ts';
import { stepBenchmark, stepTable } from './step.ts';

/** What every row of a timed part has. */
interface Timing {
  readonly name: string;
  readonly ours_ms: number;
  readonly ratio: number | null;
}

interface Settings {
  readonly filter: string;
  readonly steps: number;
  readonly rounds: number;
  readonly hasPeer: boolean;
  readonly progress: (row: Timing) => void;
}

interface Report {
  readonly rows: readonly object[];
  readonly markdown: string;
}

/** What `--only` may name. */
const PARTS: Readonly<Record<string, (settings: Settings) => Promise<Report>>> = {
  step: async (settings) => {
    const rows = await stepBenchmark(settings);
    return { rows, markdown: stepTable(rows) };
  },
  ops: async (settings) => {
    const rows = await opsBenchmark(settings);
    return { rows, markdown: opsTable(rows) };
  },
};
/** What runs when nothing is named. */
const USUAL = ['step', 'ops'];

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${option} takes a whole number from 1; got "${text}"`);
  return count;
}

function chosenParts(only: string | undefined): string[] {
  if (only === undefined) return USUAL;
  if (PARTS[only] === undefined) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}; got "${only}"`);
  return [only];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      case: { type: 'string', default: '' },
      steps: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '8' },
      json: { type: 'boolean', default: false },
    },
  });
  const parts = chosenParts(values.only);
  const hasPeer = hasTorch();
  if (!hasPeer) console.error('no torch for /usr/bin/python3: ours alone, no ratios');
  const settings = {
    filter: values.case,
    steps: countOf('steps', values.steps),
    rounds: countOf('rounds', values.rounds),
    hasPeer,
    progress: ({ name, ours_ms, ratio }: Timing) =>
      console.error(`${name}: ${figure(ours_ms, 2)} ms, ratio ${figure(ratio, 2)}`),
  };
  const reports: Report[] = [];
  for (const part of parts) reports.push(await PARTS[part]!(settings));
  if (values.json)
    return console.log(
      JSON.stringify(
        reports.flatMap(({ rows }) => rows),
        null,
        2,
      ),
    );
  console.log(`Machine: ${availableParallelism()} threads of ${cpus()[0]?.model ?? 'an unknown processor'}.`);
  for (const { markdown } of reports) console.log(`\n${markdown}`);
}

await main();
