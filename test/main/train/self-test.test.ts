import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { DETECTORS } from '../../../build/bench/detectors.ts';
import { chooseForCpu, probeBlock } from '../../../main/train/backends.ts';
import { disagreement, type OpenSession } from '../../../main/train/self-test.ts';
import { selfTestPrograms } from '../../../main/train/self-test-programs.ts';
import { findClassifier, IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import type { Program } from '../../../native-models/core/program.ts';
import { ModelProto } from '../../../native-models/onnx/schema.ts';
import { writeOnnx } from '../../../native-models/onnx/write.ts';
import type { Backend } from '../../../native-models/rules/emitter.ts';
import { blockedBackend } from '../../../native-models/rules/onnx-blocked.ts';
import { detectorProgram } from '../../../native-models/training/detection.ts';
import { trainingProgram } from '../../../native-models/training.ts';

/** Domains of the runtime's own: blocked maps, and what takes several standard operators in one pass, such as GELU. */
const OWN: ReadonlySet<string | undefined> = new Set(['com.microsoft.nchwc', 'com.microsoft']);
const block = await probeBlock();

interface Node {
  readonly opType: string;
  readonly domain?: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly {
    name: string;
    i?: unknown;
    ints?: readonly unknown[];
    s?: Uint8Array;
    g?: GraphOfNodes | null;
  }[];
}

interface GraphOfNodes {
  readonly node: readonly Node[];
  readonly initializer: readonly object[];
}

interface Model {
  readonly opsetImport: readonly object[];
  readonly graph: GraphOfNodes;
}

const decoded = (bytes: Uint8Array) => ModelProto.decode(bytes) as unknown as Model;

const isOwn = ({ domain }: Node) => OWN.has(domain);
const isSmall = (sides: readonly number[]) => sides.length > 0 && sides.every((side) => side === 1);

/** What kernel of the runtime a node of its own domains runs: the operator, and all that it branches on. */
function kernelOf({ opType, input, attribute }: Node): string {
  const numbers = (name: string) => (attribute.find((one) => one.name === name)?.ints ?? []).map(Number);
  const number = (name: string) => Number(attribute.find((one) => one.name === name)?.i ?? 0);
  const activation = attribute.find(({ name }) => name === 'activation')?.s;
  const parts = [
    opType,
    number('channels_last') === 1 ? 'channels last' : '',
    number('group') > 1 ? 'in groups' : '',
    isSmall(numbers('kernel_shape')) ? 'of single pixels' : '',
    numbers('strides').some((step) => step > 1) ? 'strided' : '',
    !isSmall(numbers('kernel_shape')) && numbers('dilations').some((step) => step > 1) ? 'dilated' : '',
    input.length > 2 && input[2] !== '' ? 'with bias' : '',
    input.length > 3 ? 'with a sum' : '',
    activation === undefined ? '' : `with ${new TextDecoder().decode(activation)}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** All nodes, those of graphs within the graph included. */
const allNodes = ({ node }: GraphOfNodes): Node[] =>
  node.flatMap((one) => [one, ...one.attribute.flatMap(({ g }) => (g ? allNodes(g) : []))]);

function broken({ node: nodes, ...graph }: GraphOfNodes, isBroken: (kernel: string) => boolean): GraphOfNodes {
  const node = nodes.flatMap((one) => {
    const attribute = one.attribute.map((given) => (given.g ? { ...given, g: broken(given.g, isBroken) } : given));
    if (!isOwn(one) || !isBroken(kernelOf(one))) return [{ ...one, attribute }];
    const right = `${one.output[0]}#right`;
    const { output, name } = one;
    const wrong: Node = { opType: 'Mul', name: `${name}#wrong`, input: [right, 'broken'], output, attribute: [] };
    return [{ ...one, output: [right] }, wrong];
  });
  return { ...graph, node };
}

/** A runtime in which some kernels answer 1 % too much. */
const breaking =
  (isBroken: (kernel: string) => boolean): OpenSession =>
  (bytes) => {
    const model = decoded(bytes);
    const own = broken(model.graph, isBroken);
    const factor = { dims: [], dataType: 1, name: 'broken', rawData: new Uint8Array(Float32Array.of(1.01).buffer) };
    const graph = { ...own, initializer: [...own.initializer, factor] };
    const options = { graphOptimizationLevel: 'disabled', logSeverityLevel: 4 } as const;
    return ort.InferenceSession.create(ModelProto.encode({ ...model, graph } as never).finish(), options);
  };

function kernelsOf(program: Program, backend: Backend): Set<string> {
  const { graph } = decoded(writeOnnx(program, backend, { name: 'test' }));
  return new Set(allNodes(graph).filter(isOwn).map(kernelOf));
}

const tested = (backend: Backend) =>
  new Set(Object.values(selfTestPrograms).flatMap((make) => [...kernelsOf(make(), backend)]));

const size = { batchSize: 2, height: 64, width: 64, normalisation: null } as const;
const optimizer = { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 } as const;

/** Training steps that take every kind of layer between them. */
const STEPS: Readonly<Record<string, () => Program>> = {
  ...Object.fromEntries(
    ['mobilenetv2', 'resnest50', 'seresnext', 'vits16r224'].map((name) => {
      const { build } = findClassifier(name)!;
      const side = name.startsWith('vit') ? 224 : 64;
      const options = { ...size, height: side, width: side, optimizer };
      return [name, () => trainingProgram(build(10, IMAGENET_CONVENTION), options).program];
    }),
  ),
  ...Object.fromEntries(
    ['yolox_nano', 'maskrcnn_resnet18_fpn'].map((name) => [
      name,
      () => detectorProgram(DETECTORS[name]!(), { ...size, optimizer }).program,
    ]),
  ),
};

/** The kernel itself, and each thing by itself that it may do to its result. */
const separately = (kernels: ReadonlySet<string>) =>
  new Set([...kernels].flatMap((kernel) => kernel.split(' with ').map((part, i) => (i === 0 ? part : `with ${part}`))));

test.each([8, 16])('every kernel that networks train with, in blocks of %i, is among those tested', (width) => {
  const known = separately(tested(blockedBackend(width)));

  for (const [name, make] of Object.entries(STEPS)) {
    const unknown = [...separately(kernelsOf(make(), blockedBackend(width)))].filter((kernel) => !known.has(kernel));
    expect(unknown, name).toEqual([]);
  }
});

test('so is taking a map in parts', () => {
  const types = Object.values(selfTestPrograms).flatMap((make) => {
    return decoded(writeOnnx(make(), blockedBackend(8), { name: 'test' })).graph.node.map(({ opType }) => opType);
  });

  expect(types).toContain('Scan');
});

test('the runtime as it is computes what plain operators do', async () => {
  const { backend, words, warning } = await chooseForCpu();

  expect(warning).toBeNull();
  expect([backend.name, words]).toEqual(
    block === null
      ? ['standard', 'plain operators, since the runtime has no blocked maps for this processor']
      : [`blocked${block}`, `maps in blocks of ${block} channels`],
  );
});

describe.skipIf(block === null)('a kernel that is off by one part in a hundred is found', () => {
  const roughly = (kernel: string) => kernel.replaceAll(/ (strided|of single pixels)/g, '');
  const kernels = block === null ? [] : [...tested(blockedBackend(block))].map(roughly).sort();

  test.each([...new Set(kernels)])('%s', async (kernel) => {
    const difference = await disagreement(
      blockedBackend(block!),
      breaking((one) => roughly(one) === kernel),
    );

    expect(difference).toMatch(/is off by \S+ of its length$/);
  });
});

describe.skipIf(block === null)('where blocked operators are not to be trusted', () => {
  test('plain ones are used, and runs are told', async () => {
    const { backend, words, warning } = await chooseForCpu(breaking((kernel) => kernel.startsWith('Reorder')));

    expect(backend.name).toBe('standard');
    expect(words).toMatch(/^plain operators, since the runtime's blocked ones give other numbers on this processor \(/);
    expect(warning).toBe(`WARNING: this run computes with ${words}; it takes longer for it`);
  });

  test('so they are where such an operator is missing or fails', async () => {
    const failing: OpenSession = () => Promise.reject(new Error('ReorderInput(1) is not a registered function/op'));

    const { backend, warning } = await chooseForCpu(failing);

    expect(backend.name).toBe('standard');
    expect(warning).toContain('ReorderInput(1) is not a registered function/op');
  });
});
