/** Files that the engine serves, fetched with its token; from an encrypted engine with a certificate of its own as well. */

import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { Readable } from 'node:stream';
import { net } from 'electron';
import type { EngineAddress } from './engine-process.ts';

const HEADERS = ['content-type', 'content-length', 'cache-control', 'etag', 'content-disposition'];

/** Errors: Error when the engine does not answer or its certificate is not the one that was named. */
export function fetchFrom({ url, token, ca }: EngineAddress, pathname: string): Promise<Response> {
  const address = new URL(pathname, url);
  const headers = { authorization: `Bearer ${token}` };
  if (ca === undefined) return net.fetch(address.href, { headers });
  // Chromium knows the system's certificates alone.
  return new Promise((resolve, reject) => {
    get(address, { headers, ca }, (reply) => resolve(responseOf(reply))).on('error', reject);
  });
}

function responseOf(reply: IncomingMessage): Response {
  const told = HEADERS.flatMap((name) => {
    const value = reply.headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return new Response(Readable.toWeb(reply) as ReadableStream, {
    status: reply.statusCode ?? 502,
    headers: Object.fromEntries(told),
  });
}
