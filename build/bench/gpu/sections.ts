/** The parts of the card's benchmark, each a table of its own. A part that cannot be run says why in its notes. */

import { type Device, familyOf } from '../../../main/devices/device.ts';
import type { DeviceReport } from '../../../main/devices/doctor.ts';
import { auditedGraphs } from '../../placement/graphs.ts';
import { installedPlace, placementOf } from '../../placement/placement.ts';
import { figure, median } from '../statistics.ts';
import { type Ran, runOurs, runPeer } from './children.ts';

export interface Section {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

export interface Setting {
  readonly device: Device;
  /** Sizes at which everything runs in minutes on a CPU, to see that it runs. */
  readonly isTiny: boolean;
  readonly python: string;
  readonly limitMs: number;
}

interface Workload {
  readonly model: string;
  readonly batch: number;
  readonly side: number;
  readonly perRun: number;
}

const WORKLOADS: readonly Workload[] = [
  { model: 'resnet50', batch: 64, side: 224, perRun: 20 },
  { model: 'vitb16r224', batch: 48, side: 224, perRun: 20 },
  { model: 'mobilenetv2', batch: 64, side: 224, perRun: 20 },
];
const TINY: readonly Workload[] = [{ model: 'resnet18', batch: 4, side: 64, perRun: 2 }];

const workloads = ({ isTiny }: Setting) => (isTiny ? TINY : WORKLOADS);

/** What the device stands on, and a small run compared with the evaluator. */
export function preflight({ findings }: DeviceReport): Section {
  const rows = findings.map(({ name, ok, found }) => [name, ok ? 'ok' : 'FAIL', found.replaceAll('\n', '<br>')]);
  return { title: 'Preflight', header: ['what', 'state', 'found'], rows, notes: [] };
}

/** Where the provider puts every operation. */
export async function placements(setting: Setting): Promise<Section> {
  const section = { title: 'Placement', header: ['model', 'graph', 'on the device', 'on the CPU', 'copies'] };
  const family = familyOf(setting.device);
  if (family === 'cpu') return { ...section, rows: [], notes: ['skipped: on the CPU everything is on the CPU'] };
  const rows: string[][] = [];
  const notes: string[] = [];
  for (const { model } of workloads(setting)) {
    for (const { name, bytes } of auditedGraphs(model, family)) {
      try {
        const { counts, onCpu, copies } = await placementOf(bytes, installedPlace(family));
        const there = Object.entries(counts).reduce((sum, [at, count]) => sum + (at.startsWith('CPU') ? 0 : count), 0);
        const left = Object.entries(onCpu).map(([type, count]) => `${count} ${type}`);
        rows.push([model, name, String(there), left.join(', ') || '0', String(copies)]);
      } catch (error) {
        notes.push(`${model}, ${name}: ${error instanceof Error ? error.message.trim().split('\n').at(-1) : error}`);
      }
    }
  }
  return { ...section, rows, notes };
}

const trainArgs = ({ model, batch, side }: Workload, more: readonly string[]) => [
  ...['--model', model, '--batch', String(batch), '--side', String(side)],
  ...more,
];

/** Single steps against Loops of several lengths: the difference shows what crossing to the card costs. */
export async function forms(setting: Setting): Promise<Section> {
  const [work] = workloads(setting) as [Workload];
  const lengths = setting.isTiny ? [1, 2] : [1, 10, 50];
  const asked: [string, string[]][] = [
    ['single steps', ['--form', 'flat', '--perRun', '1', '--runs', setting.isTiny ? '3' : '20']],
    ...(familyOf(setting.device) === 'webgpu' ? [] : lengths).map((length): [string, string[]] => [
      `Loop of ${length}`,
      ['--form', 'loop', '--perRun', String(length), '--runs', setting.isTiny ? '2' : '4'],
    ]),
  ];
  const rows: string[][] = [];
  for (const [name, args] of asked)
    rows.push([name, ...trainCells(await runOurs('train-child.ts', trainArgs(work, args), setting))]);
  const title = `Form of a run: ${work.model}, batch ${work.batch}, ${work.side} px`;
  return {
    title,
    header: ['form', 'ms a step', 'first loss', 'last loss', 'created in s', 'host memory MB', 'card memory MB'],
    rows,
    notes: [],
  };
}

function trainCells({ rows: [row], failure, cardMb }: Ran): string[] {
  if (failure !== null || row === undefined)
    return [`failed: ${(failure ?? 'no answer').replaceAll('\n', ' ')}`, '–', '–', '–', '–', '–'];
  const [steps, losses] = [row['stepMs'] as number[], row['losses'] as number[]];
  const settled = steps.length > 1 ? steps.slice(1) : steps;
  const [created, memory] = [Number(row['createMs']) / 1000, Number(row['peakMb'])];
  return [
    figure(median(settled), 2),
    figure(losses[0]!, 4),
    figure(losses.at(-1)!, 4),
    figure(created, 1),
    figure(memory),
    figure(cardMb),
  ];
}

/** Single operations: forms of the weight gradient by shape, reductions, max pooling, precision of products. */
export async function operations(setting: Setting): Promise<Section> {
  const title = 'Single operations';
  const header = ['operation', 'shape', 'form', 'ms', 'check'];
  if (familyOf(setting.device) === 'webgpu') {
    return { title, header, rows: [], notes: ['skipped: WebGPU has no Loop to time them in'] };
  }
  const { rows, failure } = await runOurs('op-child.ts', setting.isTiny ? ['--tiny'] : [], setting);
  const cells = rows.map((row) => [
    ...['group', 'name', 'form'].map((key) => String(row[key])),
    row['ms'] === null ? '–' : figure(Number(row['ms']), 3),
    String(row['error'] ?? row['total']),
  ]);
  return { title, header, rows: cells, notes: failure === null ? [] : [failure] };
}

/** How exact products are, and by which setting a card gives all 23 bits of a float32's mantissa. */
export async function products(setting: Setting): Promise<Section> {
  const asked: [string, string[], NodeJS.ProcessEnv][] = [
    ['as it is', [], {}],
    ['NVIDIA_TF32_OVERRIDE=0', [], { NVIDIA_TF32_OVERRIDE: '0' }],
    ['ep.cuda.use_tf32=0', ['--key'], {}],
  ];
  const rows: string[][] = [];
  const notes: string[] = [];
  for (const [name, more, environment] of familyOf(setting.device) === 'cuda' ? asked : asked.slice(0, 1)) {
    const args = [...more, ...(setting.isTiny ? ['--tiny'] : [])];
    const { rows: answers, failure } = await runOurs('product-child.ts', args, { ...setting, environment });
    if (failure !== null || answers[0] === undefined) notes.push(`${name}: ${failure ?? 'no answer'}`);
    else rows.push([name, String(answers[0]['side']), Number(answers[0]['relative']).toExponential(1)]);
  }
  const header = ['setting', 'side of the matrices', 'largest error, relative'];
  return { title: 'Products: 1e-3 with ten bits of mantissa, 1e-6 with 23', header, rows, notes };
}

/** Whole networks in both precisions against torch on the same card. */
export async function networks(setting: Setting): Promise<Section> {
  const rows: string[][] = [];
  const notes = new Set<string>();
  for (const work of workloads(setting)) {
    for (const precision of ['float32', 'half']) {
      const own = await ownStep(setting, work, precision);
      const torch = await torchStep(setting, work, precision);
      for (const note of [own.note, torch.note]) if (note !== null) notes.add(`${work.model}, ${precision}: ${note}`);
      const ratio = own.ms !== null && torch.ms !== null ? torch.ms / own.ms : null;
      const rate = own.ms === null ? null : (work.batch * 1000) / own.ms;
      rows.push([
        work.model,
        precision,
        `${work.batch} x ${work.side} px`,
        figure(own.ms, 2),
        figure(rate),
        figure(torch.ms, 2),
        figure(ratio, 2),
        `${figure(own.cardMb)} / ${figure(torch.cardMb)}`,
      ]);
    }
  }
  const header = [
    'network',
    'precision',
    'batch',
    'ours, ms',
    'images/s',
    'torch, ms',
    'throughput to torch',
    'card memory MB, ours / torch',
  ];
  return { title: 'Training steps against torch', header, rows, notes: [...notes] };
}

interface Timed {
  readonly ms: number | null;
  readonly cardMb: number | null;
  readonly note: string | null;
}

async function ownStep(setting: Setting, work: Workload, precision: string): Promise<Timed> {
  if (familyOf(setting.device) !== 'cuda' && precision === 'half') {
    return { ms: null, cardMb: null, note: 'skipped: half precision is for CUDA, a CPU only imitates it' };
  }
  const form = familyOf(setting.device) === 'webgpu' ? 'flat' : 'loop';
  const more = [
    '--form',
    form,
    '--perRun',
    String(work.perRun),
    '--runs',
    setting.isTiny ? '2' : '5',
    '--precision',
    precision,
  ];
  const {
    rows: [row],
    failure,
    cardMb,
  } = await runOurs('train-child.ts', trainArgs(work, more), setting);
  if (failure !== null || row === undefined) return { ms: null, cardMb, note: `ours: ${failure ?? 'no answer'}` };
  return { ms: median((row['stepMs'] as number[]).slice(1)), cardMb, note: null };
}

/** The faster of both memory layouts. */
async function torchStep(setting: Setting, work: Workload, precision: string): Promise<Timed> {
  if (familyOf(setting.device) === 'webgpu') return { ms: null, cardMb: null, note: 'torch does not run on WebGPU' };
  const args = trainArgs(work, ['--steps', setting.isTiny ? '2' : '20', '--precision', precision]);
  const ran = [
    await runPeer(setting.python, args, setting),
    await runPeer(setting.python, [...args, '--channels-last'], setting),
  ];
  const timed = ran.flatMap(({ rows: [row], cardMb }) =>
    row === undefined ? [] : [{ ms: Number(row['step_ms']), cardMb, note: null }],
  );
  const [best] = timed.toSorted((a, b) => a.ms - b.ms);
  return best ?? { ms: null, cardMb: null, note: `torch: ${ran[0]!.failure}` };
}

/** Many runs in one process: memory must not grow. */
export async function soak(setting: Setting): Promise<Section> {
  const work = { model: 'resnet18', batch: 4, side: 64, perRun: 2 };
  const [short, long] = setting.isTiny ? [2, 6] : [20, 1000];
  const form = familyOf(setting.device) === 'webgpu' ? 'flat' : 'loop';
  const rows: string[][] = [];
  const notes: string[] = [];
  for (const runs of [short, long]) {
    const more = ['--form', form, '--perRun', String(work.perRun), '--runs', String(runs)];
    const {
      rows: [row],
      failure,
    } = await runOurs('train-child.ts', trainArgs(work, more), setting);
    if (failure !== null || row === undefined) notes.push(`${runs} runs: ${failure ?? 'no answer'}`);
    else rows.push([String(runs), figure(Number(row['rssMb'])), figure(Number(row['peakMb']))]);
  }
  return { title: 'Memory over many runs', header: ['runs', 'host memory at the end, MB', 'peak, MB'], rows, notes };
}
