/**
 * Brings a file over HTTPS into a part file that survives interruptions: what has come is kept, and asked for no more.
 * Source: RFC 9110, sections 13.1.5 (If-Range), 14.2 (Range), 14.4 (Content-Range), 15.4 (redirection).
 */

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../preload/contract/errors.ts';
import { toDiskError } from '../store/disk-errors.ts';

export interface DownloadRequest {
  readonly url: string;
  /** The part file: complete once `download` returns. */
  readonly path: string;
  /** Null: whatever the server says. */
  readonly sizeBytes: number | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number | null) => void;
  /** Nothing came for so long: the connection is taken for dead. */
  readonly idleMs?: number;
  /** Waits before each further attempt, as many as there are; progress gives all of them back. */
  readonly retryAfterMs?: readonly number[];
}

const IDLE_MS = 30_000;
const RETRY_AFTER_MS = [1000, 3000, 10_000, 30_000];
/** The largest weights of the catalogue have 1.3 GB. */
const LARGEST_BYTES = 8 * 2 ** 30;

/**
 * Resumes what an earlier call has left, and tries again when the connection breaks.
 * Errors: cancelled; network-unreachable; download-failed (what the server answers, a redirect elsewhere than to https,
 * a size that is not the expected one); disk-full, folder-unwritable.
 */
export async function download(request: DownloadRequest): Promise<void> {
  const { signal, path } = request;
  const waits = request.retryAfterMs ?? RETRY_AFTER_MS;
  let failures = 0;
  let hasCome = false;
  for (;;) {
    const before = partBytes(path);
    try {
      await attempt(request);
      return;
    } catch (error) {
      if (signal.aborted) throw new AppError('cancelled', `cancelled; ${kept(path)}`);
      if (!(error instanceof Interrupted)) throw toDiskError(error, path, `download ${request.url}`);
      const isFurther = partBytes(path) > before;
      hasCome ||= isFurther;
      failures = isFurther ? 1 : failures + 1;
      const wait = waits[failures - 1];
      // A machine without a network is told at once; a network that was there may come back.
      if (wait === undefined || !(hasCome || error.isReached)) throw error.toAppError(request);
      await pause(wait, signal);
    }
  }
}

/** The connection could not be made, or broke: worth another attempt. */
class Interrupted extends Error {
  /** Whether the server was reached at all. */
  readonly isReached: boolean;

  constructor(reason: string, isReached: boolean, options: ErrorOptions = {}) {
    super(reason, options);
    this.isReached = isReached;
  }

  toAppError({ url, path }: DownloadRequest): AppError {
    const code = this.isReached ? 'download-failed' : 'network-unreachable';
    return new AppError(code, `${url}: ${this.message}; ${kept(path)}`, { url }, { cause: this });
  }
}

const partBytes = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function kept(path: string): string {
  const bytes = partBytes(path);
  return bytes === 0
    ? 'nothing has come'
    : `${bytes} bytes have come and are kept: the same command goes on from there`;
}

/** What the part file is of, kept beside it. */
interface PartState {
  readonly url: string;
  /** A strong ETag or a date, by which the server knows whether the file is still the same. */
  readonly validator: string | null;
}

const statePath = (path: string): string => `${path}.json`;

function readState(path: string): PartState | null {
  try {
    return JSON.parse(readFileSync(statePath(path), 'utf8')) as PartState;
  } catch {
    return null; // none, or one that is damaged: the part is not trusted
  }
}

/** Removes the part file and what belongs to it. */
export function removePart(path: string): void {
  for (const file of [path, statePath(path)]) rmSync(file, { force: true });
}

async function attempt(request: DownloadRequest): Promise<void> {
  const { url, path, sizeBytes, signal } = request;
  if (readState(path)?.url !== url) removePart(path);
  const offset = partBytes(path);
  if (sizeBytes !== null && offset === sizeBytes) return;
  const watch = new Watchdog(signal, request.idleMs ?? IDLE_MS);
  try {
    const response = await ask(url, headersFor(offset, readState(path)?.validator ?? null), watch);
    const start = startOf(response, request, offset);
    if (start === null) return;
    if (start.offset === 0) writeFileSync(statePath(path), JSON.stringify({ url, validator: validatorOf(response) }));
    await receive(response, start, request, watch);
  } finally {
    watch.stop();
  }
}

function headersFor(offset: number, validator: string | null): Record<string, string> {
  return {
    'accept-encoding': 'identity', // the bytes as they lie there: packed ones have no offsets
    ...(offset > 0 ? { range: `bytes=${offset}-`, ...(validator === null ? {} : { 'if-range': validator }) } : {}),
  };
}

function validatorOf({ headers }: Response): string | null {
  const tag = headers.get('etag');
  return tag !== null && !tag.startsWith('W/') ? tag : headers.get('last-modified');
}

/** Ends a request that is cancelled, or of which nothing comes any more. */
class Watchdog {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly idleMs: number;
  private timer: NodeJS.Timeout | null = null;

  constructor(signal: AbortSignal, idleMs: number) {
    this.idleMs = idleMs;
    this.signal = AbortSignal.any([signal, this.controller.signal]);
    this.alive();
  }

  alive(): void {
    this.stop();
    this.timer = setTimeout(() => this.controller.abort(), this.idleMs);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  reasonOf(error: unknown): string {
    if (this.controller.signal.aborted) return `nothing came for ${this.idleMs / 1000} s`;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message || cause.name : String(cause);
  }
}

const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The answer behind all redirects. Errors: Interrupted; download-failed. */
async function ask(url: string, headers: Record<string, string>, watch: Watchdog): Promise<Response> {
  let address = allowed(new URL(url), null);
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const response = await reach(address, headers, watch);
    const location = response.headers.get('location');
    if (!REDIRECTS.has(response.status) || location === null) return response;
    await response.body?.cancel();
    address = allowed(new URL(location, address), address);
  }
  throw new AppError('download-failed', `${url}: more than ${MOST_REDIRECTS} redirects`, { url });
}

async function reach(address: URL, headers: Record<string, string>, watch: Watchdog): Promise<Response> {
  try {
    return await fetch(address, { headers, redirect: 'manual', signal: watch.signal });
  } catch (error) {
    throw new Interrupted(watch.reasonOf(error), false, { cause: error });
  }
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const isLoopback = ({ protocol, hostname }: URL): boolean => protocol === 'http:' && LOOPBACK.has(hostname);

/** Everything travels encrypted, but for what never leaves the machine and did not come from outside. */
function allowed(address: URL, from: URL | null): URL {
  if (address.protocol === 'https:' || (isLoopback(address) && (from === null || isLoopback(from)))) return address;
  const what =
    from === null ? 'only https addresses are fetched' : `it redirects to ${address.origin}, which is not https`;
  throw new AppError('download-failed', `${(from ?? address).href}: ${what}`, { url: address.href });
}

interface Start {
  /** Where in the file the body begins. */
  readonly offset: number;
  readonly totalBytes: number | null;
}

/** Null: the part is complete already. Errors: Interrupted for an answer that may pass; download-failed. */
function startOf(response: Response, { url, path, sizeBytes }: DownloadRequest, offset: number): Start | null {
  const { status, headers } = response;
  const fail = (problem: string) => new AppError('download-failed', `${url}: ${problem}`, { url, status });
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(headers.get('content-range') ?? '');
  if (status === 416 && offset > 0) {
    if (Number(range?.[2]) === offset) return null;
    removePart(path);
    throw new Interrupted('the file there is shorter than the part that has come: it starts anew', true);
  }
  if (status === 429 || status >= 500) throw new Interrupted(`it answers ${status}`, true);
  if (status !== 200 && status !== 206) throw fail(`it answers ${status}`);
  if (/^text\/html\b/i.test(headers.get('content-type') ?? '')) throw fail('it answers with a web page');
  if (headers.has('content-encoding')) throw fail(`it sends the file packed as ${headers.get('content-encoding')}`);
  const start = status === 206 ? Number(range?.[1]) : 0;
  if (status === 206 && start !== offset)
    throw fail(`asked for byte ${offset} on, it sends ${headers.get('content-range')}`);
  const told = status === 206 ? range?.[2] : headers.get('content-length');
  const totalBytes = told === null || told === undefined ? null : Number(told);
  if (totalBytes !== null && sizeBytes !== null && totalBytes !== sizeBytes) {
    throw fail(`the file there has ${totalBytes} bytes, ${sizeBytes} are due`);
  }
  if ((totalBytes ?? 0) > LARGEST_BYTES) throw fail(`the file there has ${totalBytes} bytes, too many`);
  return { offset: start, totalBytes: totalBytes ?? sizeBytes };
}

/** Bytes are written where they belong, so two downloads of one file do not harm each other. */
async function receive(
  response: Response,
  { offset, totalBytes }: Start,
  request: DownloadRequest,
  watch: Watchdog,
): Promise<void> {
  const { url, path, onProgress } = request;
  const file = await open(path, existsSync(path) ? 'r+' : 'w');
  let at = offset;
  try {
    if (offset === 0) await file.truncate(0);
    onProgress?.(at, totalBytes);
    for await (const chunk of chunksOf(response, watch)) {
      if (at + chunk.length > (totalBytes ?? LARGEST_BYTES)) {
        throw new AppError('download-failed', `${url}: more bytes come than the ${totalBytes} that were told`, { url });
      }
      await writeAll(file, chunk, at);
      at += chunk.length;
      watch.alive();
      onProgress?.(at, totalBytes);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (totalBytes !== null && at < totalBytes)
    throw new Interrupted(`it ended after ${at} of ${totalBytes} bytes`, true);
}

async function* chunksOf(response: Response, watch: Watchdog): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const next = await reader.read().catch((error: unknown) => {
        throw new Interrupted(watch.reasonOf(error), true, { cause: error });
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    reader.cancel().catch(() => {}); // best effort: a connection that is broken already needs no ending
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Cut short when the download is cancelled: the next attempt finds the signal and ends. */
const pause = (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal }).catch(() => {});
