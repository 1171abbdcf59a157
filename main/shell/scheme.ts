/** The window's own scheme: its files from the build, the project's pictures from the engine. Nothing else is there. */

import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { confinedAddress, contentTypeOf } from '../serve/files.ts';
import { SECURITY_HEADERS } from '../serve/replies.ts';
import { fetchFrom } from './engine-fetch.ts';
import type { EngineAddress } from './engine-process.ts';

const SCHEME = 'app';
const HOST = 'lightbench';

/** What the engine answers: images, small pictures of them, and tiles of large ones. */
const PICTURES = /^\/(images|thumbnails|tiles)\//;

/** The origin of every page of the app; `URL.origin` is opaque for a scheme of one's own. */
export const APP_ORIGIN: string = `${SCHEME}://${HOST}`;

/** Before the app is ready: the scheme behaves as https does. */
export function registerScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true };
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }]);
}

/** Once the app is ready: answers the scheme. `engine` is asked anew for each picture, as it may be restarted. */
export function handleScheme(rendererFolder: string, engine: () => EngineAddress | null): void {
  protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    if (url.host !== HOST || request.method !== 'GET') return refusal(403);
    if (PICTURES.test(url.pathname)) return pictureFrom(engine(), url.pathname, request.signal);
    return fileFrom(rendererFolder, url.pathname === '/' ? 'index.html' : url.pathname);
  });
}

async function fileFrom(folder: string, pathname: string): Promise<Response> {
  const path = confinedAddress(folder, pathname);
  if (path === null) return refusal(404);
  const headers = { ...SECURITY_HEADERS, 'Content-Type': contentTypeOf(path) };
  return new Response(new Uint8Array(await readFile(path)), { headers });
}

/** `signal`: whoever asked has gone. */
async function pictureFrom(engine: EngineAddress | null, pathname: string, signal: AbortSignal): Promise<Response> {
  if (engine === null) return refusal(503);
  return fetchFrom(engine, pathname, signal).catch(() => refusal(502)); // the page says that the engine is gone
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: SECURITY_HEADERS });
}
