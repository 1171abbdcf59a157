/**
 * Benchmarks against torch on the same machine, in one run, taking turns.
 * `npm run bench [-- --only step] [--steps N] [--json]`
 * Prints medians and spread; without torch it prints our side alone and says so.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ROOT } from '../source-files.ts';

interface StepCase {
  readonly name: string;
  readonly model: string;
  readonly peer: string;
  readonly batch: number;
  readonly side: number;
}

const CASES: readonly StepCase[] = [
  { name: 'resnet18 16@224', model: 'resnet18', peer: 'resnet18', batch: 16, side: 224 },
  { name: 'resnet18 64@32', model: 'resnet18', peer: 'resnet18', batch: 64, side: 32 },
  { name: 'mobilenetv2 16@224', model: 'mobilenetv2', peer: 'mobilenet_v2', batch: 16, side: 224 },
];

interface Row {
  readonly wall_ms: number;
  readonly cpu_ms: number;
  readonly peak_mb: number;
  readonly create_ms?: number;
}

const WARM_UP = 2;
const PYTHON = '/usr/bin/python3'; // Debian's: the one that python3-torch belongs to

/** A program that makes one step for every `go`. */
class Contender {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  readonly rows: Row[] = [];

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  async step(isCounted: boolean): Promise<void> {
    this.child.stdin!.write('go\n');
    const { value, done } = await this.lines.next();
    if (done) throw new Error('a benchmark program ended early; see its message above');
    if (isCounted) this.rows.push(JSON.parse(value) as Row);
  }

  end(): void {
    this.child.stdin!.end();
  }
}

function contenders({ model, peer, batch, side }: StepCase, hasTorch: boolean): Contender[] {
  const threads = String(availableParallelism());
  const sizes = ['--batch', String(batch), '--side', String(side), '--threads', threads];
  const ours = new Contender(process.execPath, [join(ROOT, 'build/bench/step-child.ts'), '--model', model, ...sizes]);
  if (!hasTorch) return [ours];
  const script = join(ROOT, 'build/bench/peer/step.py');
  const plain = new Contender(PYTHON, [script, '--model', peer, ...sizes]);
  return [ours, plain, new Contender(PYTHON, [script, '--model', peer, ...sizes, '--channels-last'])];
}

function quantile(values: readonly number[], share01: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share01 * sorted.length))]!;
}

const median = (rows: readonly Row[], field: 'wall_ms' | 'cpu_ms' | 'peak_mb') =>
  quantile(
    rows.map((row) => row[field]),
    0.5,
  );

async function stepBenchmark(entry: StepCase, steps: number, hasTorch: boolean) {
  const all = contenders(entry, hasTorch);
  for (let i = 0; i < WARM_UP + steps; i++) for (const contender of all) await contender.step(i >= WARM_UP);
  for (const contender of all) contender.end();
  const [ours, ...peers] = all.map(({ rows }) => rows);
  const best = peers.toSorted((a, b) => median(a, 'wall_ms') - median(b, 'wall_ms'))[0] ?? null;
  const walls = ours!.map((row) => row.wall_ms);
  return {
    name: entry.name,
    ours_ms: median(ours!, 'wall_ms'),
    ours_spread_ms: [quantile(walls, 0.1), quantile(walls, 0.9)],
    peer_ms: best && median(best, 'wall_ms'),
    peer_spread_ms: best && [
      quantile(
        best.map((row) => row.wall_ms),
        0.1,
      ),
      quantile(
        best.map((row) => row.wall_ms),
        0.9,
      ),
    ],
    peer_layout: best === null ? null : best === peers[1] ? 'channels_last' : 'NCHW',
    ratio: best && median(ours!, 'wall_ms') / median(best, 'wall_ms'),
    cpu_ratio: best && median(ours!, 'cpu_ms') / Math.min(...peers.map((rows) => median(rows, 'cpu_ms'))),
    ours_peak_mb: median(ours!, 'peak_mb'),
    peer_peak_mb: best && median(best, 'peak_mb'),
    create_ms: ours![0]!.create_ms ?? null,
  };
}

type Result = Awaited<ReturnType<typeof stepBenchmark>>;

function markdown(results: readonly Result[]): string {
  const number = (value: number | null, digits = 0) => (value === null ? '–' : value.toFixed(digits));
  const spread = (range: readonly number[] | null) =>
    range === null ? '' : ` (${range.map((value) => value.toFixed(0)).join('–')})`;
  const rows = results.map(
    (r) =>
      `| ${r.name} | ${number(r.ours_ms)}${spread(r.ours_spread_ms)} | ${number(r.peer_ms)}${spread(r.peer_spread_ms)} ${r.peer_layout ?? ''} | ` +
      `${number(r.ratio, 2)} | ${number(r.cpu_ratio, 2)} | ${number(r.ours_peak_mb)} | ${number(r.peer_peak_mb)} | ${number(r.create_ms)} |`,
  );
  return [
    `Machine: ${availableParallelism()} threads of ${cpus()[0]?.model ?? 'unknown'}. Medians, 10th to 90th percentile in brackets.`,
    '',
    '| Training step | ours ms | torch ms (its better layout) | ratio | CPU time ratio | ours peak MB | torch peak MB | session ms |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      steps: { type: 'string', default: '12' },
      json: { type: 'boolean' },
      case: { type: 'string' },
    },
  });
  if (values.only !== undefined && values.only !== 'step') throw new Error(`--only takes: step; got "${values.only}"`);
  const hasTorch = spawnSync(PYTHON, ['-c', 'import torch, torchvision'], { stdio: 'ignore' }).status === 0;
  if (!hasTorch) console.error(`no torch for ${PYTHON}: ours alone, no ratios`);
  const results: Result[] = [];
  for (const entry of CASES.filter(({ name }) => name.includes(values.case ?? ''))) {
    results.push(await stepBenchmark(entry, Number(values.steps), hasTorch));
  }
  console.log(values.json ? JSON.stringify(results, null, 2) : markdown(results));
}

await main();
