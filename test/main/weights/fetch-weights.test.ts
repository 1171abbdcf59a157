import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KNOWN_WEIGHTS, type KnownWeights } from '../../../main/weights/catalogue.ts';
import { fetchWeights, knownWeights } from '../../../main/weights/fetch-weights.ts';
import { defaultWeights } from '../../../main/weights/library.ts';
import { findClassifier, IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { type FileServer, fileServer, stallAfter } from '../../kit/file-server.ts';
import { tempFolder } from '../../kit/folders.ts';
import { weightsOf } from '../../kit/model-weights.ts';
import { torchFileOf } from '../../kit/torch-files.ts';

const MODEL = 'mobilenetv2';
const CONTENT = torchFileOf(weightsOf(MODEL, 3));
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const options = { signal: new AbortController().signal, retryAfterMs: [0, 0] };

/** Weights of a made-up publisher, on a server of this machine. */
const knownAt = (server: FileServer, more: Partial<KnownWeights> = {}): KnownWeights => ({
  name: 'made-up',
  model: MODEL,
  url: server.url,
  sizeBytes: CONTENT.length,
  sha256: SHA256,
  sha256Start: SHA256.slice(0, 8),
  convention: { ...IMAGENET_CONVENTION, mean: [0.5, 0.5, 0.5] },
  trainedOn: 'nothing',
  licence: 'MIT',
  origin: 'this test',
  ...more,
});

describe('fetching weights', () => {
  test('brings, checks, converts and describes them, across a broken connection', async () => {
    const server = await fileServer(CONTENT);
    const library = join(tempFolder(), 'library');
    server.answers.push(stallAfter(1_000_000, server));
    const onProgress = (done: number) => done === 1_000_000 && server.drop();

    const fetched = await fetchWeights(library, knownAt(server), { ...options, onProgress });

    const file = join(library, 'made-up.safetensors');
    expect(fetched).toMatchObject({ sha256: SHA256, verified: 'sha256', was_here: false });
    expect(fetched.entry).toMatchObject({ name: 'made-up', model: MODEL, file, title: 'nothing', licence: 'MIT' });
    expect(defaultWeights(library, MODEL)).toMatchObject({
      file,
      sha256: SHA256,
      convention: { mean: [0.5, 0.5, 0.5] },
    });
    expect(readdirSync(join(library, 'downloads'))).toEqual([]);
  });

  test('asks for nothing when they are here', async () => {
    const server = await fileServer(CONTENT);
    const library = tempFolder();
    await fetchWeights(library, knownAt(server), options);

    const again = await fetchWeights(library, knownAt(server), options);

    expect(again).toMatchObject({ was_here: true, sha256: SHA256 });
    expect(server.requests.length).toBe(1);
  });

  test('where only the digits of the name are known, checks those and gives the hash found', async () => {
    const server = await fileServer(CONTENT);

    const fetched = await fetchWeights(tempFolder(), knownAt(server, { sha256: null, sizeBytes: null }), options);

    expect(fetched).toMatchObject({ verified: 'sha256-start', sha256: SHA256 });
  });

  test.each([
    ['the whole hash', {}],
    ['the digits of its name', { sha256: null }],
  ])('other bytes than those of %s are refused, removed and not added', async (_, known) => {
    const server = await fileServer(CONTENT);
    const library = tempFolder();
    server.content = CONTENT.map((byte, i) => (i === 5000 ? byte ^ 1 : byte));

    const error = await appErrorOf(() => fetchWeights(library, knownAt(server, known), options));

    expect(error.code).toBe('download-mismatch');
    expect(error.message).toContain(SHA256.slice(0, 8));
    expect(readdirSync(library)).toEqual(['downloads']);
    expect(readdirSync(join(library, 'downloads'))).toEqual([]);
  });

  test('without a network it says how to bring the file by hand', async () => {
    const server = await fileServer(CONTENT);
    await server.close();

    const error = await appErrorOf(() => fetchWeights(tempFolder(), knownAt(server), options));

    expect(error.code).toBe('network-unreachable');
    expect(error.message).toContain(`bring ${server.url} from elsewhere and run: lightbench weights add FILE`);
  });

  test('asks for nothing when the disk has no room for it', async () => {
    const server = await fileServer(CONTENT);

    const error = await appErrorOf(() => fetchWeights(tempFolder(), knownAt(server, { sizeBytes: 2 ** 50 }), options));

    expect(error).toMatchObject({ code: 'disk-full', details: { needed_bytes: 2 ** 51 } });
    expect(server.requests.length).toBe(0);
  });

  test('takes the file from a mirror, under the same check', async () => {
    const server = await fileServer(CONTENT);
    const known = knownAt(server, { url: 'https://example.org/made-up.pth' });

    const fetched = await fetchWeights(tempFolder(), known, { ...options, url: server.url });

    expect(fetched.verified).toBe('sha256');
  });

  test('what nobody publishes as a file is not asked for', async () => {
    const library = tempFolder();

    const error = await appErrorOf(() => fetchWeights(library, knownWeights('mobilenet_v2_100_in1k_f16'), options));

    expect(error.code).toBe('bad-argument');
    expect(existsSync(join(library, 'downloads'))).toBe(false);
  });
});

describe('the catalogue', () => {
  const classifiers = KNOWN_WEIGHTS.filter(({ model }) => findClassifier(model) !== null);

  test('has weights to fetch for every classification model, each name once', () => {
    const models = [...new Set(classifiers.filter(({ url }) => url !== null).map(({ model }) => model))];
    const names = KNOWN_WEIGHTS.map(({ name }) => name);

    expect(models.sort()).toEqual(
      [
        'mobilenetv2',
        'resnest101',
        'resnest50',
        'resnet101',
        'resnet152',
        'resnet18',
        'resnet34',
        'resnet50',
        'seresnext',
      ]
        .concat('vitb16r224', 'vitl16r224', 'vits16r224')
        .sort(),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test('is fetched by https alone, and agrees with the digits in the names of files', () => {
    for (const { name, url, sha256, sha256Start } of KNOWN_WEIGHTS) {
      if (url !== null) expect(new URL(url).protocol, name).toBe('https:');
      expect(sha256 ?? sha256Start, name).toMatch(/^([0-9a-f]{8}|[0-9a-f]{64})$/);
      expect((sha256 ?? sha256Start).startsWith(sha256Start), name).toBe(true);
      const inName = /-([0-9a-f]{8})\.pth$/.exec(url ?? '')?.[1];
      if (inName !== undefined) expect(sha256Start, name).toBe(inName);
    }
  });

  test('a model stands for the first of its weights, and an unknown name lists those there are', async () => {
    expect(knownWeights('vitb16r224').name).toBe('vit_base_patch16_224-augreg2-in21k');
    expect((await appErrorOf(() => knownWeights('resnet19'))).message).toContain('resnet18-imagenet1k-v1');
  });
});
