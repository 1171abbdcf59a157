/**
 * A bundle behind HTTP: images in, probabilities and explanations or objects out. One model, one process that runs it.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AnyOpenedBundle, anyReply, findsObjects, refuseExplaining } from '../bundle/any-bundle.ts';
import { explanationOrder } from '../bundle/explanation-order.ts';
import { type OpenedBundle, replyOf, type UnreadImage } from '../bundle/score-bundle.ts';
import type { FoundInImage } from '../bundle/score-objects.ts';
import type { ScoringProcess } from '../bundle/scoring-process.ts';
import type { LogBug } from '../ipc/replies.ts';
import { allowedNames, isOwnHost } from '../serve/hosts.ts';
import { closeListener, listen, machineNames, refuseUnprotected, urlOf } from '../serve/listen.ts';
import { digest, equal } from '../serve/tokens.ts';
import type { ExplanationOrder, ImageScore } from '../train/protocol.ts';
import { Problem, problemOf } from './problem.ts';
import { type V2Reply, v2Reply } from './reply.ts';
import { type AskedImage, readRequest } from './request.ts';

export interface ServeBundleOptions {
  readonly bundle: AnyOpenedBundle;
  readonly process: ScoringProcess;
  /** Null lets everyone in who reaches the address. */
  readonly token: string | null;
  readonly maxBodyBytes: number;
  readonly logBug: LogBug;
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  /** Allows an address that other machines reach, though nothing is encrypted. */
  readonly insecure?: boolean;
}

export interface RunningScoring {
  /** `http://127.0.0.1:40123/score` */
  readonly scoringUrl: string;
  readonly url: string;
  close(): Promise<void>;
}

interface Site extends ServeBundleOptions {
  readonly names: ReadonlySet<string>;
  /** Requests whose bodies are held. */
  open: number;
}

const MOST_OPEN = 16; // of them the model works on one; the rest only wait, and hold memory
const COMMAND = 'serve-bundle';

/** Errors: address-not-allowed, address-in-use. */
export async function serveBundle(options: ServeBundleOptions): Promise<RunningScoring> {
  const { host = '127.0.0.1', port = 0, insecure = false } = options;
  refuseUnprotected(COMMAND, host, insecure);
  const server = createServer();
  const opened = await listen(COMMAND, server, host, port);
  const site: Site = { ...options, names: allowedNames(host, machineNames()), open: 0 };
  server.on('request', (request, response) => void reply(site, request, response));
  const url = urlOf(host, opened);
  return {
    url,
    scoringUrl: `${url}/score`,
    close: () => closeListener(server),
  };
}

async function reply(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    send(response, 200, await answer(site, request));
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) site.logBug(error);
    const { status, code, message, headers } = problem ?? UNKNOWN;
    send(response, status, { error: { code, message } }, headers);
  }
}

const UNKNOWN = new Problem(500, 'internal-error', 'the server failed to answer; its log says why');

function send(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  const body = `${JSON.stringify(value)}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

async function answer(site: Site, request: IncomingMessage): Promise<unknown> {
  refuseStrangers(site, request);
  const { pathname } = URL.parse(request.url ?? '/', 'http://localhost') ?? { pathname: '' };
  if (pathname === '/health') return { status: 'ready' };
  refuseWithoutToken(site, request);
  if (pathname === '/') return introduction(site);
  if (pathname !== '/score') throw new Problem(404, 'not-found', 'there is nothing at this address; see /');
  if (request.method !== 'POST') throw new Problem(405, 'wrong-method', 'images are sent with POST', { Allow: 'POST' });
  if (site.open >= MOST_OPEN) throw new Problem(503, 'busy', 'too many requests at a time', { 'Retry-After': '1' });
  site.open += 1;
  try {
    return await scored(site, request);
  } finally {
    site.open -= 1;
  }
}

/** No page of another site may use the model, by a name that leads here or by a request across sites. */
function refuseStrangers({ names }: Site, { headers }: IncomingMessage): void {
  if (!isOwnHost(headers.host, names)) throw new Problem(403, 'foreign-host', 'this server answers to its own address');
  if (headers.origin !== undefined) throw new Problem(403, 'foreign-origin', 'this server is not for web pages');
}

function refuseWithoutToken({ token }: Site, { headers }: IncomingMessage): void {
  if (token === null || equal(digest(headers.authorization ?? ''), digest(`Bearer ${token}`))) return;
  const hint = 'an Authorization header with the bearer token is needed';
  throw new Problem(401, 'unauthorised', hint, { 'WWW-Authenticate': 'Bearer' });
}

function introduction({ bundle }: Site): unknown {
  const { task, model, labels } = bundle.description;
  return { task, model, labels, ...settingsOf(bundle), score: '/score' };
}

function settingsOf(bundle: AnyOpenedBundle): object {
  if (findsObjects(bundle)) {
    const { scoreThreshold: box_score_thresh, viewing } = bundle.settings;
    const { tiles = null } = viewing.transform;
    return { model_settings: { ...bundle.description.model_settings, box_score_thresh }, tiles };
  }
  const { resizeSize: valid_resize_size, cropSize: valid_crop_size, thresholds } = bundle.settings;
  return { thresholds, model_settings: { valid_resize_size, valid_crop_size } };
}

async function scored(site: Site, request: IncomingMessage): Promise<unknown> {
  const asked = await readRequest(request, site.maxBodyBytes);
  if (asked.form === 'v1') return repliedTo(anyReply(site.bundle, nameOf(0), await scoreOf(site, asked.image, 0)));
  return findsObjects(site.bundle) ? allFound(site, asked.images) : allTold(site, site.bundle, asked.images);
}

/** Objects in each image. */
async function allFound(site: Site, images: readonly AskedImage[]): Promise<FoundInImage[]> {
  if (images.some(({ explain }) => explain !== null)) refuseExplaining();
  const replies: FoundInImage[] = [];
  for (const [i, image] of images.entries())
    replies.push(repliedTo(anyReply(site.bundle, nameOf(i), await scoreOf(site, image, i))) as FoundInImage);
  return replies;
}

/** Probabilities of each image, and what explains them. */
async function allTold(site: Site, bundle: OpenedBundle, images: readonly AskedImage[]): Promise<V2Reply[]> {
  const { description, settings } = bundle;
  // All orders are looked at before the first image is scored: a request is refused as a whole.
  const orders = images.map(({ explain }) =>
    explain === null ? null : explanationOrder(description, settings, explain),
  );
  const replies: V2Reply[] = [];
  for (const [i, image] of images.entries()) {
    const order = orders[i]!;
    const reply = replyOf(bundle, nameOf(i), await scoreOf(site, image, i, order), order);
    replies.push(v2Reply(repliedTo(reply), settings.thresholds !== null));
  }
  return replies;
}

const nameOf = (place: number): string => `image_${String(place + 1).padStart(4, '0')}`;

function scoreOf(
  { process }: Site,
  { bytes }: AskedImage,
  place: number,
  order: ExplanationOrder | null = null,
): Promise<ImageScore> {
  return process.score({ name: nameOf(place), bytes }, order);
}

/** Errors: Problem for an image that cannot be read. */
function repliedTo<T extends object>(reply: T): Exclude<T, UnreadImage> {
  if (!('error' in reply)) return reply as Exclude<T, UnreadImage>;
  const { code, message } = (reply as unknown as UnreadImage).error;
  throw new Problem(400, code ?? 'image-unreadable', message);
}
