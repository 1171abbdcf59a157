/** Whole training steps against torch: wall time, CPU time and peak memory, taking turns on the same threads. */

import { type Attempted, eachCase } from './attempts.ts';
import { type Contender, ours, peer } from './contender.ts';
import { type ComparedRow, figure, median, quantile, table } from './statistics.ts';

interface StepCase {
  readonly name: string;
  /** Of our catalogue or of `networks.ts`; the peer's script knows it by the same name. */
  readonly model: string;
  readonly batch: number;
  readonly side: number;
  /** Of pictures that are not square. */
  readonly width?: number;
  readonly optimizer?: 'sgd' | 'adamw';
}

const CASES: readonly StepCase[] = [
  { name: 'resnet18 16@224', model: 'resnet18', batch: 16, side: 224 },
  { name: 'resnet18 64@32', model: 'resnet18', batch: 64, side: 32 },
  { name: 'mobilenetv2 16@224', model: 'mobilenetv2', batch: 16, side: 224 },
  { name: 'resnet50 8@224', model: 'resnet50', batch: 8, side: 224 },
  { name: 'resnest50 8@224', model: 'resnest50', batch: 8, side: 224 },
  { name: 'seresnext 8@224', model: 'seresnext', batch: 8, side: 224 },
  { name: 'vits16r224 8@224', model: 'vits16r224', batch: 8, side: 224, optimizer: 'adamw' },
  { name: 'depthwise 8@224', model: 'depthwise', batch: 8, side: 224 },
  { name: 'fpn 8@224', model: 'fpn', batch: 8, side: 224 },
  { name: 'yolov5_small 4@320', model: 'yolov5_small', batch: 4, side: 320 },
  { name: 'yolox_nano 8@416', model: 'yolox_nano', batch: 8, side: 416 },
  { name: 'retinanet_resnet50_fpn 2@320x416', model: 'retinanet_resnet50_fpn', batch: 2, side: 320, width: 416 },
  { name: 'fasterrcnn_resnet18_fpn 2@320x416', model: 'fasterrcnn_resnet18_fpn', batch: 2, side: 320, width: 416 },
  { name: 'fasterrcnn_resnet50_fpn 2@608x800', model: 'fasterrcnn_resnet50_fpn', batch: 2, side: 608, width: 800 },
  { name: 'maskrcnn_resnet18_fpn 2@320x416', model: 'maskrcnn_resnet18_fpn', batch: 2, side: 320, width: 416 },
];

/** What one step of one program took. */
interface Sample {
  readonly wall_ms: number;
  readonly cpu_ms: number;
  readonly peak_mb: number;
  /** Elements of all that trains: both sides must have the same. */
  readonly parameters: number;
  readonly create_ms?: number;
}

export interface StepRow extends ComparedRow {
  readonly peer_layout: string | null;
  /** The first steps, which count for nothing else. */
  readonly ours_warm_up_ms: number;
  readonly create_ms: number | null;
}

export interface StepOptions {
  readonly filter: string;
  readonly steps: number;
  readonly threads: number;
  readonly hasPeer: boolean;
  readonly progress: (row: StepRow) => void;
}

const WARM_UP = 2;

/** Errors: when no case is named so. */
export async function stepBenchmark(options: StepOptions): Promise<Attempted<StepRow>> {
  const cases = CASES.filter(({ name }) => name.includes(options.filter));
  if (cases.length === 0) {
    throw new Error(
      `--case: no training step's name holds "${options.filter}"; there are ${CASES.map((c) => c.name).join(', ')}`,
    );
  }
  return eachCase(cases, (entry) => measured(entry, options), options.progress);
}

function contenders(
  { model, batch, side, width = side, optimizer = 'sgd' }: StepCase,
  { threads, hasPeer }: StepOptions,
): Contender[] {
  const sizes = [
    '--batch',
    String(batch),
    '--side',
    String(side),
    '--width',
    String(width),
    '--threads',
    String(threads),
    '--optimizer',
    optimizer,
  ];
  const args = ['--model', model, ...sizes];
  const own = ours('step-child.ts', args);
  if (!hasPeer) return [own];
  return [own, peer('step.py', args, threads), peer('step.py', [...args, '--channels-last'], threads)];
}

async function measured(entry: StepCase, options: StepOptions): Promise<StepRow> {
  const { steps } = options;
  const turns = contenders(entry, options).map((contender) => ({ contender, samples: [] as Sample[] }));
  try {
    for (let step = 0; step < WARM_UP + steps; step++) {
      for (const { contender, samples } of turns) samples.push(await contender.ask<Sample>('go'));
    }
  } finally {
    for (const { contender } of turns) contender.end();
  }
  const sizes = turns.map(({ samples }) => samples[0]!.parameters);
  if (new Set(sizes).size > 1) throw new Error(`${entry.name}: the networks differ, they have ${sizes} parameters`);
  const counted = turns.map(({ samples }) => samples.slice(WARM_UP));
  return rowOf(entry.name, counted[0]!, counted.slice(1), turns[0]!.samples[0]!.wall_ms);
}

function rowOf(name: string, own: readonly Sample[], peers: readonly Sample[][], warmUpMs: number): StepRow {
  const walls = (samples: readonly Sample[]) => samples.map(({ wall_ms }) => wall_ms);
  const cpu = (samples: readonly Sample[]) => median(samples.map(({ cpu_ms }) => cpu_ms));
  const peak = (samples: readonly Sample[]) => Math.max(...samples.map(({ peak_mb }) => peak_mb));
  const spread = (samples: readonly Sample[]) =>
    [quantile(walls(samples), 0.1), quantile(walls(samples), 0.9)] as const;
  const best = peers.toSorted((a, b) => median(walls(a)) - median(walls(b)))[0] ?? null;
  return {
    name,
    ours_ms: median(walls(own)),
    peer_ms: best && median(walls(best)),
    ratio: best && median(walls(own)) / median(walls(best)),
    ours_peak_mb: peak(own),
    peer_peak_mb: best && peak(best),
    ours_spread_ms: spread(own),
    peer_spread_ms: best && spread(best),
    peer_layout: best && (best === peers[1] ? 'channels_last' : 'NCHW'),
    cpu_ratio: best && cpu(own) / Math.min(...peers.map(cpu)),
    ours_warm_up_ms: warmUpMs,
    create_ms: own[0]!.create_ms ?? null,
  };
}

/** What a program reads of a row. */
export function comparison({ name, ours_ms, peer_ms, ratio, ours_peak_mb, peer_peak_mb }: StepRow) {
  return { name, ours_ms, peer_ms, ratio, ours_peak_mb, peer_peak_mb };
}

export function stepTable(rows: readonly StepRow[]): string {
  const spread = (range: StepRow['peer_spread_ms']) =>
    range === null ? '' : ` (${range.map((value) => figure(value)).join('–')})`;
  return table(
    [
      'training step',
      'ours ms',
      'torch ms, its better layout',
      'ratio',
      'CPU time ratio',
      'peak MB, ours / torch',
      'first step ms',
      'session ms',
    ],
    rows.map((row) => [
      row.name,
      `${figure(row.ours_ms)}${spread(row.ours_spread_ms)}`,
      `${figure(row.peer_ms)}${spread(row.peer_spread_ms)} ${row.peer_layout ?? ''}`,
      figure(row.ratio, 2),
      figure(row.cpu_ratio, 2),
      `${figure(row.ours_peak_mb)} / ${figure(row.peer_peak_mb)}`,
      figure(row.ours_warm_up_ms),
      figure(row.create_ms),
    ]),
  );
}
