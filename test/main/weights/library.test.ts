import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fromFile } from '../../../main/train/weights-file.ts';
import { KNOWN_WEIGHTS } from '../../../main/weights/catalogue.ts';
import {
  addWeights,
  addWeightsFolder,
  defaultWeights,
  findWeights,
  listWeights,
} from '../../../main/weights/library.ts';
import { recogniseWeights } from '../../../main/weights/recognise.ts';
import { identityOf } from '../../../main/weights/weights-source.ts';
import { findClassifier, IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';
import { parseSafetensors, writeSafetensors } from '../../../native-models/weights/safetensors.ts';
import { toFloat32 } from '../../../native-models/weights/stored-tensor.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { renamedWeights, weightsOf } from '../../kit/model-weights.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';
import { torchFileOf } from '../../kit/torch-files.ts';

const MODEL = 'mobilenetv2'; // the smallest

/** A library that is not there yet, and a folder of files to add. */
function places(): { library: string; inbox: string } {
  const folder = tempFolder();
  const inbox = join(folder, 'inbox');
  mkdirSync(inbox);
  return { library: join(folder, 'library'), inbox };
}

function put(folder: string, name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('adding weights', () => {
  test('a torch checkpoint becomes a safetensors file that says where it came from', () => {
    const { library, inbox } = places();
    const tensors = weightsOf(MODEL, 7);
    const file = put(
      inbox,
      'mine.pth',
      torchFileOf(
        renamedWeights(tensors, (name) => `module.${name}`),
        'state_dict',
      ),
    );

    const entry = addWeights(library, file);

    const copy = parseSafetensors(readFileSync(entry.file!));
    expect(entry).toMatchObject({ name: 'mine', model: MODEL, sha256: identityOf(file).sha256, licence: null });
    expect([...copy.tensors].map(([name, tensor]) => [name, tensor.shape, toFloat32(name, tensor)[0]])).toEqual(
      [...tensors].map(([name, { shape, data }]) => [name, shape, data[0]]),
    );
    expect(recogniseWeights(entry.file!)).toEqual({ ...recogniseWeights(file), file: entry.file });
    expect(readdirSync(library)).toEqual(['mine.safetensors']);
  });

  test("names of other packages become the model's own", () => {
    const { library, inbox } = places();
    const tensors = weightsOf('vits16r224', 2);
    const torchvision = (name: string) =>
      name
        .replace(/^blocks\.(\d+)\.norm(\d)/, 'encoder.layers.encoder_layer_$1.ln_$2')
        .replace(/^blocks\.(\d+)\.attn\.qkv\./, 'encoder.layers.encoder_layer_$1.self_attention.in_proj_')
        .replace(/^blocks\.(\d+)\.attn\.proj/, 'encoder.layers.encoder_layer_$1.self_attention.out_proj')
        .replace(/^blocks\.(\d+)\.mlp\.fc1/, 'encoder.layers.encoder_layer_$1.mlp.0')
        .replace(/^blocks\.(\d+)\.mlp\.fc2/, 'encoder.layers.encoder_layer_$1.mlp.3')
        .replace(/^cls_token$/, 'class_token')
        .replace(/^pos_embed$/, 'encoder.pos_embedding')
        .replace(/^patch_embed\.proj/, 'conv_proj')
        .replace(/^norm\./, 'encoder.ln.')
        .replace(/^head\./, 'heads.head.');
    const file = put(inbox, 'vit.safetensors', writeSafetensors(renamedWeights(tensors, torchvision)));

    const entry = addWeights(library, file);

    expect(entry.model).toBe('vits16r224');
    expect([...parseSafetensors(readFileSync(entry.file!)).tensors.keys()]).toEqual([...tensors.keys()]);
  });

  test('the same content again is no second copy, other content of that name is refused', async () => {
    const { library, inbox } = places();
    const file = put(inbox, 'mine.safetensors', writeSafetensors(weightsOf(MODEL, 3)));
    const first = addWeights(library, file);

    expect(addWeights(library, file)).toEqual(first);
    put(inbox, 'mine.safetensors', writeSafetensors(weightsOf(MODEL, 3, 1)));
    const error = await appErrorOf(() => addWeights(library, file));

    expect(error.code).toBe('duplicate-name');
    expect(readdirSync(library)).toEqual(['mine.safetensors']);
  });

  test('a copy can be added to the library of another machine, and keeps its origin', () => {
    const { library, inbox } = places();
    const original = addWeights(library, put(inbox, 'mine.pth', torchFileOf(weightsOf(MODEL, 3))));

    const elsewhere = addWeights(join(inbox, 'elsewhere'), original.file!);

    expect(elsewhere).toEqual({ ...original, file: elsewhere.file });
  });

  test('a file cannot choose a place outside the library', () => {
    const { library, inbox } = places();
    const source = { sha256: 'x', title: 'x', licence: null, name: '../outside' };
    const lightbench = JSON.stringify({ model: MODEL, convention: IMAGENET_CONVENTION, source });
    const file = put(inbox, 'sly.safetensors', writeSafetensors(weightsOf(MODEL, 2), { lightbench }));

    expect(addWeights(library, file).file).toBe(join(library, 'sly.safetensors'));
  });

  test('a file that fits no model is refused with the nearest one and what it lacks', async () => {
    const { library, inbox } = places();
    const tensors = weightsOf('resnet18', 2);
    tensors.delete('layer4.1.conv2.weight');
    const file = put(inbox, 'cut.safetensors', writeSafetensors(tensors));

    const error = await appErrorOf(() => addWeights(library, file));

    expect(error.code).toBe('weights-unknown');
    expect(error.message).toContain('nearest is resnet18 with');
    expect(error.message).toContain('layer4.1.conv2.weight [512,512,3,3] is missing');
    expect(listWeights(library).filter((entry) => entry.file !== null)).toEqual([]);
  });

  test('a folder adds what is recognised and names the rest', () => {
    const { library, inbox } = places();
    mkdirSync(join(inbox, 'timm'));
    put(join(inbox, 'timm'), 'model.safetensors', writeSafetensors(weightsOf(MODEL, 2)));
    put(inbox, 'README.md', 'about these files');
    put(inbox, 'page.pth', '<!DOCTYPE html>');
    put(inbox, 'pointer.pth', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n');

    const { added, refused } = addWeightsFolder(library, inbox);

    expect(added.map(({ name, model }) => [name, model])).toEqual([['timm-model', MODEL]]);
    expect(refused.map(({ file, code }) => [file.slice(inbox.length + 1), code])).toEqual([
      ['README.md', 'weights-invalid'],
      ['page.pth', 'weights-invalid'],
      ['pointer.pth', 'weights-invalid'],
    ]);
    expect(refused.map(({ message }) => message).join('\n')).toMatch(/a web page.*Git LFS/s);
  });
});

describe('finding weights', () => {
  test('a name that is known but not here says how to get it', async () => {
    const { library } = places();

    const error = await appErrorOf(() => findWeights(library, 'resnet18-imagenet1k-v1'));

    expect(error.code).toBe('file-missing');
    expect(error.message).toContain('lightbench weights fetch resnet18-imagenet1k-v1');
  });

  test('a model starts from what the library has for it, and from nothing where there is none', () => {
    const { library, inbox } = places();
    addWeights(library, put(inbox, 'b.safetensors', writeSafetensors(weightsOf(MODEL, 2))));
    addWeights(library, put(inbox, 'a.safetensors', writeSafetensors(weightsOf(MODEL, 2, 1))));

    expect(defaultWeights(library, MODEL)?.file).toBe(join(library, 'a.safetensors'));
    expect(defaultWeights(library, 'resnet18')).toBeNull();
  });
});

test("a file that got damaged is listed as such, and is nobody's default", () => {
  const { library, inbox } = places();
  const good = addWeights(library, put(inbox, 'b.safetensors', writeSafetensors(weightsOf(MODEL, 2))));
  put(library, 'a.safetensors', readFileSync(good.file!).subarray(0, 1000));

  const [damaged, whole] = listWeights(library);

  expect(damaged).toEqual({
    name: 'a',
    file: join(library, 'a.safetensors'),
    problem: expect.stringContaining('a.safetensors'),
  });
  expect(whole).toEqual(good);
  expect(defaultWeights(library, MODEL)?.file).toBe(good.file);
});

test('training starts from a torch file as it is', () => {
  const { inbox } = places();
  const tensors = weightsOf(MODEL, 5);
  const file = put(
    inbox,
    'mine.pth',
    torchFileOf(
      renamedWeights(tensors, (name) => `model.${name}`),
      'model',
    ),
  );
  const card = findClassifier(MODEL)!;
  const parameters = namedParameters(card.build(2, IMAGENET_CONVENTION));

  const { values, notes } = fromFile(file, parameters, card, 0);

  const body = [...parameters.keys()].filter((name) => !name.startsWith('classifier.'));
  expect(body.map((name) => values.get(name)![0])).toEqual(body.map((name) => tensors.get(name)!.data[0]));
  expect(notes).toEqual([expect.stringContaining('another class count and was replaced: classifier.1.weight')]);
});

describe('weights of detectors', () => {
  test('begin with those of the backbone where there are none of the model', () => {
    const { library, inbox } = places();
    const entry = addWeights(library, put(inbox, 'body.safetensors', writeSafetensors(weightsOf('resnet18', 7))));

    const detectors = ['fasterrcnn_resnet18_fpn', 'maskrcnn_resnet18_fpn'];
    expect(entry).toMatchObject({ model: 'resnet18', backbone_of: detectors });
    expect(defaultWeights(library, 'fasterrcnn_resnet18_fpn')).toMatchObject({ model: 'resnet18', file: entry.file });
    expect(defaultWeights(library, 'fasterrcnn_resnet34_fpn')).toBeNull();
  });

  test('whose norms add nothing to variances are kept as weights of norms that do', () => {
    const { library, inbox } = places();
    const model = 'fasterrcnn_resnet18_fpn';
    const tensors = weightsOf(model, 3);
    const [scale, variance] = ['weight', 'running_var'].map((part) => `backbone.body.layer2.0.bn1.${part}`) as [
      string,
      string,
    ];
    tensors.set(scale, { shape: [128], data: new Float32Array(128).fill(0.5) });
    tensors.set(variance, { shape: [128], data: new Float32Array(128).fill(3e-6) });
    const known = {
      ...KNOWN_WEIGHTS.find(({ name }) => name === 'fasterrcnn_resnet50_fpn-coco-v1')!,
      model,
      name: 'of-the-test',
    };
    const file = put(inbox, 'published.safetensors', writeSafetensors(tensors));

    const entry = addWeights(library, file, known);
    const again = addWeights(join(library, 'second'), entry.file!);

    for (const { file: copy } of [entry, again]) {
      const kept = parseSafetensors(readFileSync(copy!)).tensors;
      const [w, v] = [scale, variance].map((name) => toFloat32(name, kept.get(name)!)[0]!) as [number, number];
      expect(w / Math.sqrt(v + 1e-5)).toBeCloseTo(0.5 / Math.sqrt(3e-6), 3);
    }
  });
});

const MOBILENET = 'data/weights/mobilenet_v2_100_in1k_f16.safetensors';

describeWithShared('published weights in the library', [MOBILENET], () => {
  test('are known by their content, come first, and keep halves as halves', () => {
    const { library, inbox } = places();
    addWeights(library, put(inbox, 'a.safetensors', writeSafetensors(weightsOf(MODEL, 2))));
    const entry = addWeights(library, sharedPath(MOBILENET));

    const original = parseSafetensors(readFileSync(sharedPath(MOBILENET)));
    const copy = parseSafetensors(readFileSync(entry.file!));
    expect(entry).toMatchObject({ name: 'mobilenet_v2_100_in1k_f16', licence: 'Apache-2.0', title: 'ImageNet-1k' });
    expect(defaultWeights(library, MODEL)).toMatchObject({
      name: 'mobilenet_v2_100_in1k_f16',
      convention: { stridedPadding: 'same-upper' },
    });
    for (const [name, tensor] of original.tensors) {
      expect(copy.tensors.get(name)!.type).toBe(tensor.type);
      expect(Buffer.compare(copy.tensors.get(name)!.read(), tensor.read()), name).toBe(0);
    }
  });
});
