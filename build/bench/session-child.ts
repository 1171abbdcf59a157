/** Opens the session of a model's training step at its defaults, once for each line `go`, answered by one JSON line: what that took. */

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { backendFor, cpuBackend } from '../../main/train/backends.ts';
import { ClassLearning } from '../../main/train/class-learning.ts';
import { ObjectLearning } from '../../main/train/object-learning.ts';
import { planOf } from '../../main/train/plan.ts';
import type { ClassTrainJob, ObjectTrainJob } from '../../main/train/protocol.ts';
import { openSession } from '../../main/train/runtime.ts';
import { defaultConvention, findModel, type ModelCard, resolveFor } from '../../native-models/catalog.ts';
import { ModelProto } from '../../native-models/onnx/schema.ts';
import { written } from '../../native-models/onnx/write.ts';
import { NEXT } from '../../native-models/optim/state.ts';
import type { TrainingProgram } from '../../native-models/training.ts';

const { values } = parseArgs({ options: { model: { type: 'string' }, threads: { type: 'string' } } });
const CLASSES = Array.from({ length: 10 }, (_, i) => `class ${i}`);
const OBJECTS = 8; // of each picture
const PICTURE = { width: 800, height: 600 };
const OBJECT = { box: [10, 10, 90, 90], label: 0, mask: null, isCrowd: false };
const threads = Number(values.threads);

const card = findModel(values.model!)!;
await cpuBackend(); // its self-test comes once in a process
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== 'go') break;
  process.stdout.write(`${JSON.stringify(await opened())}\n`);
}

async function opened(): Promise<object> {
  const [program, programTook] = await timed(async () => trainingStep(card));
  const backend = await backendFor(program.program, 'cpu');
  const successors = backend.layouts === null ? [] : program.state.map(({ name }) => [NEXT + name, name] as const);
  const [{ bytes }, fileTook] = await timed(async () =>
    written(program.program, backend, { name: 'training', successors: new Map(successors) }),
  );
  const [session, sessionTook] = await timed(() => openSession(bytes, { device: 'cpu', threads, backend }));
  await session.release();
  const { graph } = ModelProto.decode(bytes) as unknown as { readonly graph: { readonly node: readonly unknown[] } };
  return { program: programTook, file: fileTook, session: sessionTook, nodes: graph.node.length, bytes: bytes.length };
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, { wall_ms: number; cpu_ms: number }]> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return [result, { wall_ms: performance.now() - wall, cpu_ms: (user + system) / 1000 }];
}

/** As a run makes it, of as many pictures as fill a batch. */
function trainingStep(model: ModelCard): TrainingProgram {
  const { values: params } = resolveFor(model, {});
  const samples = Array.from({ length: Number(params['training_batch_size']) }, (_, id) => ({
    id,
    path: '',
    labels: [0],
    size: PICTURE,
    objects: Array.from({ length: OBJECTS }, () => OBJECT),
  }));
  const job = {
    kind: 'train',
    task: model.tasks[0],
    runFolder: '',
    model: model.name,
    classes: CLASSES,
    convention: defaultConvention(model),
    device: 'cpu',
    threads,
    params,
    primaryMetric: '',
    weightsFile: null,
    resume: false,
    train: samples,
    validation: samples.slice(0, 1),
  } as const;
  const plan = planOf(job);
  const programs =
    model.kind === 'classifier'
      ? new ClassLearning(job as unknown as ClassTrainJob, model, plan).programs()
      : new ObjectLearning(job as unknown as ObjectTrainJob, model, plan).programs();
  if (!('program' in programs)) throw new Error(`${model.name}: by default its step is several programs`);
  return programs;
}
