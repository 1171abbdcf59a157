/**
 * Benchmarks against torch on the same machine, in one run, taking turns.
 *
 *     npm run bench [-- --only step|ops|data|wait|precision|session|soak|metrics|coco|import] [--case PART-OF-A-NAME]
 *                   [--steps N] [--threads N] [--rounds N] [--model NAME] [--backend NAME] [--json]
 *
 * `--rounds` is the number of turns for operators, of seeds for precision, of processes for sessions (`--only session --rounds 1`
 * opens that of every model in about three minutes); `--backend` is for operators.
 * Without `--only`: step, ops and data, about 20 minutes on two quiet threads; `--steps 1 --rounds 1` shows in a third of
 * that that everything runs. Prints one Markdown report with medians and spread; a case that fails is told at its end;
 * without torch it prints our side alone and says so. With `--json`, standard output is one array of rows.
 */

import { availableParallelism, cpus, loadavg } from 'node:os';
import { commandOptions } from '../command-options.ts';
import { cocoBenchmark, cocoTable } from './coco.ts';
import { hasTorch, peerKernels } from './contender.ts';
import { dataBenchmark, dataTable } from './data.ts';
import { importBenchmark, importTable } from './import.ts';
import { metricsBenchmark, metricsTable } from './metrics.ts';
import { opPrecision, opPrecisionTable } from './op-precision.ts';
import { opsBenchmark, opsTable } from './ops.ts';
import { precisionBenchmark, precisionTable } from './precision.ts';
import { sessionBenchmark, sessionTable } from './session.ts';
import { soakBenchmark, soakTable } from './soak.ts';
import { figure } from './statistics.ts';
import { comparison, stepBenchmark, stepTable } from './step.ts';
import { waitBenchmark, waitTable } from './wait.ts';

/** What every row of a timed part has. */
interface Timing {
  readonly name: string;
  readonly ours_ms: number;
  readonly ratio: number | null;
}

interface Settings {
  readonly filter: string;
  readonly steps: number;
  /** For training steps; operators are timed at one thread. */
  readonly threads: number;
  readonly rounds: number;
  readonly model: string;
  readonly backend: string;
  readonly hasPeer: boolean;
  readonly progress: (row: Timing) => void;
}

interface Report {
  readonly rows: readonly object[];
  readonly markdown: string;
  /** What makes the command fail, once everything is printed. */
  readonly failures: readonly string[];
}

/** Small steps, so that there can be many. */
const SOAK = { batch: 4, side: 32, steps: 2000 };

/** What `--only` may name. */
const PARTS: Readonly<Record<string, (settings: Settings) => Promise<Report>>> = {
  step: async (settings) => {
    const { rows, failures } = await stepBenchmark(settings);
    return { rows: rows.map(comparison), markdown: stepTable(rows), failures };
  },
  ops: async (settings) => {
    const { rows, failures } = await opsBenchmark(settings);
    return { rows, markdown: opsTable(rows), failures };
  },
  data: async (settings) => {
    const { rows, failures } = await dataBenchmark(settings);
    return { rows, markdown: dataTable(rows), failures };
  },
  wait: async ({ filter }) => {
    const rows = await waitBenchmark(filter);
    return { rows, markdown: waitTable(rows), failures: [] };
  },
  precision: async ({ filter, rounds, backend, hasPeer }) => {
    if (!hasPeer) throw new Error('--only precision needs torch: it computes the float64 gradients');
    const networks = await precisionBenchmark(filter, rounds);
    const operators = await opPrecision(filter, backend);
    const [rows, failures] = [
      [...networks.rows, ...operators.rows],
      [...networks.failures, ...operators.failures],
    ];
    if (rows.length + failures.length === 0)
      throw new Error(`--case: no network's and no operator's name holds "${filter}"`);
    const tables = [
      ...(networks.rows.length > 0 ? [precisionTable(networks.rows)] : []),
      ...(operators.rows.length > 0 ? [opPrecisionTable(operators.rows)] : []),
    ];
    return { rows, markdown: tables.join('\n\n'), failures };
  },
  session: async (settings) => {
    const { rows, failures } = await sessionBenchmark(settings);
    return { rows, markdown: sessionTable(rows), failures };
  },
  metrics: async (settings) => {
    const rows = await metricsBenchmark(settings);
    return { rows, markdown: metricsTable(rows), failures: [] };
  },
  coco: async (settings) => {
    const rows = await cocoBenchmark(settings);
    return { rows, markdown: cocoTable(rows), failures: [] };
  },
  import: async () => {
    const rows = await importBenchmark();
    return { rows, markdown: importTable(rows), failures: [] };
  },
  soak: async ({ model }) => {
    const row = await soakBenchmark({ model, ...SOAK });
    return { rows: [row], markdown: soakTable(row), failures: row.failure === null ? [] : [row.failure] };
  },
};
const TITLES: { readonly [part: string]: string } = {
  step: 'Training step',
  ops: 'Operators, one thread',
  data: 'From files to batches',
  wait: 'Waiting for images',
  precision: 'Distance of gradients from float64',
  session: 'Opening a session',
  metrics: 'Metrics',
  coco: "COCO's numbers",
  import: 'Import',
  soak: 'Memory over many steps',
};
/** What `--backend` may name; nothing stands for what training uses here. */
const BACKENDS = ['', 'standard', 'blocked'];
/** What runs when nothing is named. */
const USUAL = ['step', 'ops', 'data'];

const MOST_STEPS = 100_000;
const MOST_THREADS = 1024;

function countOf(option: string, text: string, most = MOST_STEPS): number {
  const count = Number(text);
  const isOne = Number.isInteger(count) && count >= 1 && count <= most;
  if (!isOne) throw new Error(`--${option} takes a whole number from 1 to ${most}; got "${text}"`);
  return count;
}

function chosenParts(only: string | undefined): string[] {
  if (only === undefined) return USUAL;
  if (PARTS[only] === undefined) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}; got "${only}"`);
  return [only];
}

/** `goesOn`: a part that fails as a whole is told, and other parts follow. */
async function reportOf(part: string, settings: Settings, goesOn: boolean): Promise<Report> {
  try {
    return await PARTS[part]!(settings);
  } catch (error) {
    if (!goesOn) throw error;
    return { rows: [], markdown: 'Not measured.', failures: [`${part}: ${(error as Error).message}`] };
  }
}

function print(
  reports: readonly (Report & { title: string })[],
  heading: readonly string[],
  json: boolean,
  hasPeer: boolean,
): void {
  const failures = reports.flatMap((report) => report.failures);
  if (json) {
    const rows = reports.flatMap((report) => report.rows);
    console.log(JSON.stringify(rows, null, 2));
    for (const failure of failures) console.error(failure);
    return;
  }
  console.log(`# Benchmark\n\n${heading.join('\n')}`);
  if (hasPeer) console.log(`- the peer's kernels: ${peerKernels()}`);
  for (const { title, markdown } of reports) console.log(`\n## ${title}\n\n${markdown}`);
  if (failures.length > 0) console.log(`\n## Failed\n\n${failures.map((failure) => `- ${failure}`).join('\n')}`);
}

/** What the figures were taken with. */
function headingOf({ steps, rounds, threads }: Settings, startMs: number, loadBefore: string): string[] {
  const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
  return [
    `- ${new Date().toISOString().slice(0, 16)}, ${availableParallelism()} threads of ${cpus()[0]?.model ?? 'an unknown processor'}`,
    `- Node ${process.versions.node}; ${steps} steps, ${rounds} rounds, ${threads} threads; ${minutes} minutes`,
    `- load average ${loadBefore} before, ${load()} after, the benchmark's own included`,
  ];
}

const load = (): string => loadavg()[0]!.toFixed(1);

async function main(): Promise<void> {
  const values = commandOptions({
    only: { type: 'string' },
    case: { type: 'string', default: '' },
    steps: { type: 'string', default: '8' },
    threads: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '8' },
    model: { type: 'string', default: 'resnet18' },
    backend: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  });
  const parts = chosenParts(values.only);
  if (!BACKENDS.includes(values.backend)) {
    throw new Error(`--backend takes standard or blocked; got "${values.backend}"`);
  }
  const hasPeer = hasTorch();
  if (!hasPeer) console.error('no torch for /usr/bin/python3: ours alone, no ratios');
  const settings = {
    filter: values.case,
    steps: countOf('steps', values.steps),
    threads: countOf('threads', values.threads, MOST_THREADS),
    rounds: countOf('rounds', values.rounds),
    model: values.model,
    backend: values.backend,
    hasPeer,
    progress: ({ name, ours_ms, ratio }: Timing) =>
      console.error(`${name}: ${figure(ours_ms, 2)} ms, ratio ${figure(ratio, 2)}`),
  };
  const [startMs, loadBefore] = [performance.now(), load()];
  const reports: (Report & { title: string })[] = [];
  for (const part of parts)
    reports.push({ title: TITLES[part]!, ...(await reportOf(part, settings, parts.length > 1)) });
  print(reports, headingOf(settings, startMs, loadBefore), values.json, hasPeer);
  if (reports.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
}
