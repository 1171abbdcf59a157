/**
 * What a scoring request asks for, in both forms of the specification: the bytes of one image, or JSON with images in
 * base64, each perhaps with what to explain of it.
 * Source: product specification, sections 16.3, 16.4 and 19.
 */

import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { Problem } from './problem.ts';

export interface AskedImage {
  readonly bytes: Uint8Array;
  /** Parameters of an explanation; null where none is asked for. */
  readonly explain: Readonly<Record<string, unknown>> | null;
}

export type Asked =
  | { readonly form: 'v1'; readonly image: AskedImage }
  | { readonly form: 'v2'; readonly images: readonly AskedImage[] };

const MOST_IMAGES = 1000;

/** Errors: Problem. */
export async function readRequest(request: IncomingMessage, maxBytes: number): Promise<Asked> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  const isImage = type === 'application/octet-stream' || type.startsWith('image/');
  if (!isImage && type !== 'application/json') {
    const forms = 'application/octet-stream with one image, or application/json';
    throw new Problem(415, 'unsupported-type', `Content-Type must be ${forms}; got "${type}"`);
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new Problem(415, 'unsupported-encoding', 'the body must not be compressed');
  const body = await bodyOf(request, maxBytes);
  return isImage
    ? { form: 'v1', image: { bytes: body, explain: null } }
    : { form: 'v2', images: imagesOf(body.toString('utf8')) };
}

async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => {
    const message = `the request must not be larger than ${maxBytes} bytes`;
    return new Problem(413, 'request-too-large', message, { Connection: 'close' });
  };
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const Entry = z.union([z.string(), z.tuple([z.string()])]);
const Body = z.object({
  input_data: z.object({
    columns: z.tuple([z.literal('image')]),
    index: z.array(z.unknown()).optional(),
    data: z.array(Entry).min(1).max(MOST_IMAGES),
  }),
});

function imagesOf(text: string): AskedImage[] {
  const parsed = Body.safeParse(jsonOf(text, 'the body'));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const form = '{"input_data": {"columns": ["image"], "data": ["<base64>"]}}';
    throw bad(`field ${issue!.path.join('.') || '(whole body)'}: ${issue!.message}; expected ${form}`);
  }
  const { data } = parsed.data.input_data;
  return data.map((entry, i) => imageOf(typeof entry === 'string' ? entry : entry[0], `data[${i}]`));
}

const Explained = z.strictObject({
  image_base64: z.string(),
  model_explainability: z.boolean().default(false),
  xai_parameters: z.record(z.string(), z.unknown()).default({}),
});

function imageOf(entry: string, name: string): AskedImage {
  if (!entry.trimStart().startsWith('{')) return { bytes: bytesOf(entry, name), explain: null };
  const parsed = Explained.safeParse(jsonOf(entry, name));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw bad(`${name}: field ${issue!.path.join('.') || '(whole entry)'}: ${issue!.message}`);
  }
  const { image_base64, model_explainability, xai_parameters } = parsed.data;
  return { bytes: bytesOf(image_base64, name), explain: model_explainability ? xai_parameters : null };
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bad(`${name} is not JSON: ${(error as Error).message}`);
  }
}

/** Plain base64, or MIME's with line breaks inside. Buffer skips what is none, so it is looked at first. */
function bytesOf(text: string, name: string): Uint8Array {
  const plain = text.replaceAll(/\s+/g, '');
  if (plain === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) throw bad(`${name} is not base64`);
  return Buffer.from(plain, 'base64');
}

const bad = (message: string): Problem => new Problem(400, 'bad-request', message);
