import { request } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { openBundle, scoreBundle } from '../../../main/bundle/score-bundle.ts';
import { ScoringProcess } from '../../../main/bundle/scoring-process.ts';
import { type RunningScoring, type ServeBundleOptions, serveBundle } from '../../../main/serve-bundle/serve-bundle.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder } from '../../kit/folders.ts';
import { makeBundle } from '../../kit/made-bundle.ts';
import { encoder, photo, writeBytes } from '../../kit/pictures.ts';

const MAX_BODY = 100_000;
const LABELS = ['blue', 'green', 'red'];
const folder = suiteFolder();
const single = join(folder, 'single');
const several = join(folder, 'several');
let images: Buffer[];
let paths: string[];
let one: Opened;
let many: Opened;

interface Opened {
  readonly server: RunningScoring;
  readonly process: ScoringProcess;
}

async function open(bundle: string, options: Partial<ServeBundleOptions> = {}): Promise<Opened> {
  const opened = openBundle(bundle, {}, 2);
  const process = new ScoringProcess(opened.job, { timeoutMs: 60_000 });
  const logBug = (error: unknown) => {
    throw error;
  };
  const given = { bundle: opened, process, token: null, maxBodyBytes: MAX_BODY, logBug, ...options };
  return { process, server: await serveBundle(given) };
}

beforeAll(async () => {
  makeBundle(single, { labels: LABELS, thresholds: null });
  makeBundle(several, { labels: LABELS, thresholds: [0, 1, 0.2] });
  images = await Promise.all(
    [1, 2].map((seed) =>
      encoder(photo(48, 40, seed))
        .jpeg()
        .toBuffer(),
    ),
  );
  paths = images.map((bytes, i) => writeBytes(folder, `${i}.jpg`, bytes));
  [one, many] = [await open(single), await open(several)];
  return async () => {
    for (const { server, process } of [one, many]) {
      await server.close();
      await process.close();
    }
  };
});

interface Said {
  readonly probs: readonly number[];
  readonly predicted: readonly string[];
  readonly visualizations: string;
  readonly attributions: readonly (readonly (readonly number[])[])[];
  readonly explained_labels: readonly string[];
  readonly error: { readonly code: string; readonly message: string };
}

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** One object, or a list of them: what a test asks for is there or the test fails. */
  readonly value: Said & readonly [Said, Said];
}

/** Node's own fetch does not let a test say which host it means. */
function post(
  { server }: Opened,
  body: string | Uint8Array,
  headers: Record<string, string>,
  { method = 'POST', path = '/score' } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, server.url), { method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const value = JSON.parse(Buffer.concat(parts).toString());
        resolve({ status: response.statusCode!, headers: response.headers, value });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

const OCTETS = { 'Content-Type': 'application/octet-stream' };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const v2 = (data: readonly unknown[], more: object = {}) =>
  JSON.stringify({ input_data: { columns: ['image'], data, ...more } });
const plain = (bytes: Buffer) => bytes.toString('base64');
const mime = (bytes: Buffer) => plain(bytes).replaceAll(/.{76}/g, '$&\r\n');
const explained = (bytes: Buffer, xai_parameters: object) =>
  JSON.stringify({ image_base64: mime(bytes), model_explainability: true, xai_parameters });

describe('the two forms of a request', () => {
  test('an image as it is gives one object, the scores of the command line', async () => {
    const [expected] = await scoreBundle(single, [paths[0]!], { threads: 2 });

    const { status, value } = await post(one, images[0]!, OCTETS);

    expect(status).toBe(200);
    expect(value).toEqual({ ...expected, filename: 'image_0001' });
    expect(Object.keys(value)).toEqual(['filename', 'probs', 'labels']);
  });

  test('images in JSON give a list: plain base64 or MIME, in lists of their own, with an index', async () => {
    const expected = await scoreBundle(single, paths, { threads: 2 });
    const nothing = { visualizations: null, attributions: null };
    const listed = expected.map((reply, i) => ({ ...reply, ...nothing, filename: `image_000${i + 1}` }));

    const flat = await post(one, v2([plain(images[0]!), mime(images[1]!)]), JSON_TYPE);
    const nested = await post(one, v2([[plain(images[0]!)], [mime(images[1]!)]], { index: [0, 1] }), JSON_TYPE);

    expect(flat.value).toEqual(listed);
    expect(nested.value).toEqual(listed);
  });

  test('several classes an image have independent probabilities, and what of them is predicted', async () => {
    const { value } = await post(many, images[0]!, OCTETS);

    expect(value.predicted).toEqual(LABELS.filter((_, i) => value.probs[i]! >= [0, 1, 0.2][i]!));
    expect(value.predicted).toContain('blue');
    expect(value.predicted).not.toContain('green');
  });
});

describe('explanations', () => {
  test('of the top class: a picture, and numbers where they are wanted', async () => {
    const wish = { xai_algorithm: 'guided_gradcam', attributions: true };
    const entries = [explained(images[0]!, wish), plain(images[1]!)];

    const { status, value } = await post(one, v2(entries), JSON_TYPE);

    const [first, second] = value;
    expect(status).toBe(200);
    const picture = await sharp(Buffer.from(first.visualizations, 'base64')).metadata();
    expect(picture).toMatchObject({ format: 'png', width: 64, height: 64 });
    expect(first.attributions.map((plane) => [plane.length, plane[0]!.length])).toEqual([1, 2, 3].map(() => [32, 32]));
    expect(first.explained_labels).toEqual([LABELS[first.probs.indexOf(Math.max(...first.probs))]]);
    expect(second).toMatchObject({ visualizations: null, attributions: null });
  });

  test('of every class at or above the threshold, as lists; nothing where both are off', async () => {
    const both = { xai_algorithm: 'gradcam', confidence_score_threshold_multilabel: 0, attributions: true };
    const neither = { xai_algorithm: 'gradcam', visualizations: false };

    const { value } = await post(many, v2([explained(images[0]!, both), explained(images[0]!, neither)]), JSON_TYPE);

    expect(value[0].visualizations).toHaveLength(3);
    expect(value[0].attributions).toHaveLength(3);
    expect(value[0].explained_labels).toEqual(LABELS);
    expect(value[1]).toMatchObject({ visualizations: null, attributions: null });
  });

  test('are off unless asked for, and xrai where no method is named', async () => {
    const off = JSON.stringify({ image_base64: plain(images[0]!) });
    const on = JSON.stringify({ image_base64: plain(images[0]!), model_explainability: true });

    const { value } = await post(one, v2([off, on]), JSON_TYPE);

    expect(value[0]).toMatchObject({ visualizations: null });
    expect(value[0]).not.toHaveProperty('explained_labels');
    expect(value[1].visualizations).toEqual(expect.any(String));
  });
});

describe('refusals are JSON with a status', () => {
  const big = () => 'A'.repeat(MAX_BODY + 1);
  test.each<[string, () => string | Uint8Array, Record<string, string>, number, string, RegExp]>([
    ['no image', () => 'hello', OCTETS, 400, 'image-unreadable', /image_0001: expected a JPEG, PNG/],
    ['an empty body', () => '', OCTETS, 400, 'image-empty', /image_0001/],
    ['no JSON', () => '{', JSON_TYPE, 400, 'bad-request', /the body is not JSON/],
    ['another shape', () => '{"data": []}', JSON_TYPE, 400, 'bad-request', /field input_data/],
    [
      'another column',
      () => '{"input_data":{"columns":["x"],"data":["QQ=="]}}',
      JSON_TYPE,
      400,
      'bad-request',
      /columns/,
    ],
    ['no images', () => v2([]), JSON_TYPE, 400, 'bad-request', /input_data\.data/],
    ['no base64', () => v2(['QUJD', '*no*']), JSON_TYPE, 400, 'bad-request', /^data\[1\] is not base64$/],
    ['a broken entry', () => v2(['{"image_base64": ']), JSON_TYPE, 400, 'bad-request', /^data\[0\] is not JSON/],
    ['an unknown key', () => v2(['{"image_base64":"QQ==","x":1}']), JSON_TYPE, 400, 'bad-request', /^data\[0\]: .*"x"/],
    [
      'an unfit method',
      () => v2([explained(images[0]!, { xai_algorithm: 'attention_rollout' })]),
      JSON_TYPE,
      400,
      'bad-argument',
      /what does: xrai/,
    ],
    ['an unknown type', () => 'x', { 'Content-Type': 'text/plain' }, 415, 'unsupported-type', /got "text\/plain"/],
    [
      'a compressed body',
      () => 'x',
      { ...OCTETS, 'Content-Encoding': 'gzip' },
      415,
      'unsupported-encoding',
      /compressed/,
    ],
    ['too much', big, OCTETS, 413, 'request-too-large', /100000 bytes/],
    [
      'too much without a length',
      big,
      { ...OCTETS, 'Transfer-Encoding': 'chunked' },
      413,
      'request-too-large',
      /bytes/,
    ],
    ['a foreign host', () => 'x', { ...OCTETS, Host: 'evil.example' }, 403, 'foreign-host', /its own address/],
    ['a web page', () => 'x', { ...OCTETS, Origin: 'https://evil.example' }, 403, 'foreign-origin', /web pages/],
  ])('%s', async (_, body, headers, status, code, message) => {
    const answer = await post(one, body(), headers);

    expect([answer.status, answer.value.error.code]).toEqual([status, code]);
    expect(answer.value.error.message).toMatch(message);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test('an image that cannot be read fails its whole request by name, and the next one is answered', async () => {
    const broken = await post(one, v2([plain(images[0]!), plain(Buffer.from('GIF89a'))]), JSON_TYPE);
    const next = await post(one, images[0]!, OCTETS);

    expect(broken.status).toBe(400);
    expect(broken.value.error.message).toContain('image_0002');
    expect(next.status).toBe(200);
  });

  test('other addresses and methods', async () => {
    const nowhere = await post(one, '', {}, { method: 'GET', path: '/other' });
    const reading = await post(one, '', {}, { method: 'GET' });
    const start = await post(one, '', {}, { method: 'GET', path: '/' });

    expect([nowhere.status, nowhere.value.error.code]).toEqual([404, 'not-found']);
    expect([reading.status, reading.headers['allow']]).toEqual([405, 'POST']);
    expect(start.value).toMatchObject({ model: 'mobilenetv2', labels: LABELS, score: '/score' });
  });
});

test('with a token, only who has it is answered; whether the server lives is no secret', async () => {
  const guarded = await open(single, { token: 'open-sesame' });
  const headers = (token: string) => ({ ...OCTETS, Authorization: `Bearer ${token}` });

  const right = await post(guarded, images[0]!, headers('open-sesame'));
  const wrong = await post(guarded, images[0]!, headers('open-sesamf'));
  const none = await post(guarded, images[0]!, OCTETS);
  const health = await post(guarded, '', {}, { method: 'GET', path: '/health' });
  await guarded.server.close();
  await guarded.process.close();

  expect([right.status, wrong.status, none.status]).toEqual([200, 401, 401]);
  expect(none.headers['www-authenticate']).toBe('Bearer');
  expect(health.value).toEqual({ status: 'ready' });
});

test('an address that other machines reach is refused unless asked for', async () => {
  const error = await appErrorOf(() => open(single, { host: '0.0.0.0' }));

  expect(error.code).toBe('address-not-allowed');
});

test('an image that takes too long fails its request, and the next one has a new process', async () => {
  const opened = openBundle(single, {}, 2);
  const process = new ScoringProcess(opened.job, { timeoutMs: 1 });
  const slow = await open(single, { process });
  const endless = explained(images[0]!, { xai_algorithm: 'xrai', n_steps: 1000 });

  const late = await post(slow, v2(new Array(6).fill(endless)), JSON_TYPE);
  const next = await post(slow, images[0]!, OCTETS);
  await slow.server.close();
  await process.close();

  expect([late.status, late.value.error.code]).toEqual([504, 'timed-out']);
  expect(next.status).toBe(200);
});
