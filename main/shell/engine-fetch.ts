/** Files that the engine serves, fetched with its token; from an encrypted engine with a certificate of its own as well. */

import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { Readable } from 'node:stream';
import { net } from 'electron';
import type { EngineAddress } from './engine-process.ts';

const HEADERS = ['content-type', 'content-length', 'cache-control', 'etag', 'content-disposition'];
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304]);

/**
 * `signal`: whoever asked has gone.
 * Errors: Error when the engine does not answer or its certificate is not the one that was named.
 */
export function fetchFrom({ url, token, ca }: EngineAddress, pathname: string, signal: AbortSignal): Promise<Response> {
  const address = new URL(pathname, url);
  const headers = { authorization: `Bearer ${token}` };
  if (ca === undefined) return net.fetch(address.href, { headers, signal });
  // Chromium knows the system's certificates alone.
  return new Promise((resolve, reject) => {
    get(address, { headers, ca, signal }, (reply) => resolve(responseOf(reply))).on('error', reject);
  });
}

function responseOf(reply: IncomingMessage): Response {
  const told = HEADERS.flatMap((name) => {
    const value = reply.headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const { statusCode: status = 502 } = reply;
  const hasBody = !WITHOUT_BODY.has(status);
  return new Response(hasBody ? (Readable.toWeb(reply) as ReadableStream) : null, {
    status,
    headers: Object.fromEntries(told),
  });
}
