import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type DownloadRequest, download } from '../../../main/weights/download.ts';
import { TransferRate } from '../../../main/weights/transfer-rate.ts';
import type { AppError } from '../../../preload/contract/errors.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { type FileServer, fileServer, stallAfter, status } from '../../kit/file-server.ts';
import { tempFolder } from '../../kit/folders.ts';

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251);

/** A server of `CONTENT`, and a request for it that does not wait between attempts. */
async function setting(
  options: Partial<DownloadRequest> = {},
): Promise<{ server: FileServer; request: DownloadRequest; path: string }> {
  const server = await fileServer(CONTENT);
  const path = join(tempFolder(), 'weights.part');
  const signal = new AbortController().signal;
  const request = { url: server.url, path, sizeBytes: CONTENT.length, signal, retryAfterMs: [0, 0], ...options };
  return { server, request, path };
}

const PART = CONTENT.length / 6;

/** Breaks the connection whenever another part has come. */
const dropAtParts = (server: FileServer) => (done: number) => {
  if (done % PART === 0 && done > 0 && done < CONTENT.length) server.drop();
};

/** Leaves one part behind. */
async function downloadPart(server: FileServer, request: DownloadRequest): Promise<AppError> {
  server.answers.unshift(stallAfter(PART, server));
  return appErrorOf(() => download({ ...request, retryAfterMs: [], onProgress: dropAtParts(server) }));
}

const isWhole = (path: string): boolean => Buffer.compare(readFileSync(path), CONTENT) === 0;

describe('a download', () => {
  test('brings the file, and tells of its progress from nothing to all', async () => {
    const told: [number, number | null][] = [];
    const { request, path } = await setting({ sizeBytes: null, onProgress: (...progress) => told.push(progress) });

    await download(request);

    expect(isWhole(path)).toBe(true);
    expect(told.at(0)).toEqual([0, CONTENT.length]);
    expect(told.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
  });

  test('goes on where the connection broke, however often, as long as something comes', async () => {
    const { server, request, path } = await setting();
    for (let i = 0; i < 5; i++) server.answers.push(stallAfter(PART, server));

    await download({ ...request, onProgress: dropAtParts(server) });

    expect(isWhole(path)).toBe(true);
    expect(server.requests.slice(1).every((headers) => /^bytes=\d+-$/.test(headers.range ?? ''))).toBe(true);
    expect(server.requests.slice(1).every((headers) => headers['if-range'] === '"1"')).toBe(true);
  });

  test('goes on in another process after the first was given up', async () => {
    const { server, request, path } = await setting();

    const error = await downloadPart(server, request);
    await download(request);

    expect(error.code).toBe('download-failed');
    expect(error.message).toContain(`${PART} bytes have come and are kept`);
    expect(server.requests[1]!.range).toBe(`bytes=${PART}-`);
    expect(isWhole(path)).toBe(true);
  });

  test('starts anew when the file there is another one by now', async () => {
    const { server, request, path } = await setting();
    server.content = CONTENT.map((byte) => byte ^ 1);
    await downloadPart(server, request);

    server.content = CONTENT;
    server.etag = '"2"';
    await download(request);

    expect(isWhole(path)).toBe(true);
  });

  test('starts anew where a server knows no ranges, and where the part is of another address', async () => {
    const { server, request, path } = await setting();
    await downloadPart(server, request);
    server.answers.push((_, response) => response.end(CONTENT));

    await download(request);
    await download({ ...request, url: `${request.url}?mirror` });

    expect(isWhole(path)).toBe(true);
    expect(server.requests[2]!.range).toBeUndefined();
  });

  test('asks for nothing when all has come before, and notices it where the size was not known', async () => {
    const { server, request, path } = await setting();
    await download(request);

    await download(request);
    await download({ ...request, sizeBytes: null });

    expect(server.requests.map(({ range }) => range)).toEqual([undefined, `bytes=${CONTENT.length}-`]);
    expect(isWhole(path)).toBe(true);
  });

  test('starts anew when more has come than there is', async () => {
    const { request, path } = await setting({ sizeBytes: null });
    await download(request);
    writeFileSync(path, Buffer.concat([CONTENT, CONTENT]));

    await download(request);

    expect(isWhole(path)).toBe(true);
  });

  test('follows redirects on its own machine', async () => {
    const { server, request, path } = await setting();
    server.answers.push(status(302, { location: '/elsewhere' }), status(307, { location: server.url }));

    await download(request);

    expect(isWhole(path)).toBe(true);
  });

  test('tries again after what may pass', async () => {
    const { server, request, path } = await setting();
    server.answers.push(status(503), status(429));

    await download(request);

    expect(isWhole(path)).toBe(true);
  });

  test('gives up a connection on which nothing comes any more', async () => {
    const { server, request } = await setting({ idleMs: 50, retryAfterMs: [] });
    server.answers.push(stallAfter(1000, server));

    const error = await appErrorOf(() => download(request));

    expect(error).toMatchObject({ code: 'download-failed' });
    expect(error.message).toContain('nothing came for 0.05 s');
  });

  test('ends when cancelled, and keeps what has come', async () => {
    const stop = new AbortController();
    const { server, request, path } = await setting({
      signal: stop.signal,
      onProgress: (done) => done > 0 && stop.abort(),
    });
    server.answers.push(stallAfter(1000, server));

    const error = await appErrorOf(() => download(request));

    expect(error).toMatchObject({
      code: 'cancelled',
      message: 'cancelled; 1000 bytes have come and are kept: the same command goes on from there',
    });
    expect(readFileSync(path).length).toBe(1000);
  });

  test.each([
    ['404', status(404), 'answers 404'],
    ['a web page', status(200, { 'content-type': 'text/html; charset=utf-8' }), 'answers with a web page'],
    ['a file of another size', status(200, { 'content-length': '7' }), '300000 are due'],
    ['a packed file', status(200, { 'content-encoding': 'gzip' }), 'packed as gzip'],
    ['a redirect without encryption', status(302, { location: 'http://example.org/x' }), 'which is not https'],
    ['a redirect to a file', status(302, { location: 'file:///etc/passwd' }), 'which is not https'],
  ])('is refused at once by %s', async (_, answer, words) => {
    const { server, request, path } = await setting();
    server.answers.push(answer);

    const error = await appErrorOf(() => download(request));

    expect(error.code).toBe('download-failed');
    expect(error.message).toContain(words);
    expect(server.requests.length).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  test('ends after too many redirects', async () => {
    const { server, request } = await setting();
    for (let i = 0; i < 9; i++) server.answers.push(status(302, { location: '/again' }));

    const error = await appErrorOf(() => download(request));

    expect(error.message).toContain('more than 5 redirects');
  });

  test('never asks an address outside without encryption', async () => {
    const { request } = await setting();

    const error = await appErrorOf(() => download({ ...request, url: 'http://example.org/weights.pth' }));

    expect(error.message).toContain('only https addresses are fetched');
  });

  test('says that the network cannot be reached when nobody answers', async () => {
    const { server, request } = await setting();
    await server.close();

    const error = await appErrorOf(() => download(request));

    expect(error).toMatchObject({ code: 'network-unreachable' });
    expect(error.message).toContain('nothing has come');
  });
});

describe('the remaining time', () => {
  const KB = 1000;

  test('is that of the last ten seconds, and unknown at first, without a size, and while nothing comes', () => {
    let nowMs = 0;
    const rate = new TransferRate(() => nowMs);
    const at = (ms: number, bytes: number, total: number | null = 1000 * KB) => {
      nowMs = ms;
      rate.reached(bytes);
      return rate.remainingMs(total);
    };

    // A resumed download: the first half counts for nothing.
    expect(at(0, 500 * KB)).toBeNull();
    expect(at(1000, 510 * KB)).toBeNull();
    expect(at(2000, 520 * KB)).toBe(48_000);
    expect(at(2000, 520 * KB, null)).toBeNull();
    for (let second = 3; second <= 13; second++) at(second * 1000, 520 * KB + (second - 2) * 20 * KB);
    expect(rate.bytesPerSecond).toBe(20 * KB);
    expect(at(30_000, 740 * KB)).toBeNull();
  });
});
