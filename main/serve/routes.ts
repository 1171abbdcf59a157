/** Every address of the server. Nothing but the exchange of a link is answered without a session. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { SESSION_SECONDS } from './doorkeeper.ts';
import { confinedAddress, contentTypeOf, sendFile } from './files.ts';
import { isOwnHost, isOwnOrigin } from './hosts.ts';
import { imageIdOf, sendImage, sendThumbnail, sendTiles, thumbnailOf, tilesOf } from './images.ts';
import {
  FOREIGN_HOST,
  FOREIGN_ORIGIN,
  NOT_FOUND,
  READ_ONLY,
  SECURITY_HEADERS,
  SIGN_IN,
  sendPage,
  TOO_MANY,
  WRONG_LINK,
} from './replies.ts';
import type { Site } from './serve.ts';

/** Answers one request, or refuses it: foreign Host, foreign Origin, not a reading method, not signed in. */
export async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, text] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, text);
  if (!isForUs(site, request)) return sendPage(response, FOREIGN_HOST);
  if (
    request.headers.origin !== undefined &&
    !isOwnOrigin(request.headers.origin, request.headers.host, site.protocol)
  ) {
    return sendPage(response, FOREIGN_ORIGIN);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendPage(response, READ_ONLY);

  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (url === null) return sendPage(response, NOT_FOUND);
  if (url.pathname === '/open') return exchange(site, url.searchParams.get('token') ?? '', response);
  if (!isSignedIn(site, request)) return sendPage(response, SIGN_IN);
  if (url.pathname === '/session') {
    response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
    return;
  }
  if (url.pathname === '/activity') return sendActivity(site, response);
  const imageId = imageIdOf(url.pathname);
  if (imageId !== null) return sendImage(request, response, site.images, imageId);
  const sha256 = thumbnailOf(url.pathname);
  if (sha256 !== null) return sendThumbnail(request, response, site.images, sha256);
  const tiles = tilesOf(url.pathname);
  if (tiles !== null) return sendTiles(request, response, site.images, tiles);
  return sendWindowFile(site, request, response, url.pathname);
}

/** What would end with the engine: whoever closes it asks first. */
function sendActivity({ engine }: Site, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(engine.activity()));
}

/** Whether the Host header is one of ours. */
export function isForUs(site: Site, request: IncomingMessage): boolean {
  return isOwnHost(request.headers.host, site.names);
}

/** A browser's cookie or a program's bearer token. */
export function isSignedIn(site: Site, request: IncomingMessage): boolean {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) return site.doorkeeper.isBearer(authorization);
  return site.doorkeeper.isSession(cookieNamed(site.cookieName, cookie ?? ''));
}

function cookieNamed(name: string, header: string): string | undefined {
  const pair = header.split(';').find((part) => part.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}

function exchange(site: Site, token: string, response: ServerResponse): void {
  const redeemed = site.doorkeeper.redeem(token);
  switch (redeemed.outcome) {
    case 'session':
      startSession(site, redeemed.cookie, response);
      break;
    case 'wrong':
      sendPage(response, WRONG_LINK);
      break;
    case 'too-many':
      sendPage(response, TOO_MANY);
      break;
    default:
      redeemed satisfies never;
  }
}

/** The token leaves the address bar with the redirect; script on the page cannot read the cookie. */
function startSession(site: Site, cookie: string, response: ServerResponse): void {
  const secure = site.protocol === 'https' ? '; Secure' : '';
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_SECONDS}${secure}`;
  response.writeHead(303, {
    Location: '/',
    'Cache-Control': 'no-store',
    'Set-Cookie': `${site.cookieName}=${cookie}; ${attributes}`,
  });
  response.end();
  site.onLinkUsed?.();
}

async function sendWindowFile(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> {
  const path = confinedAddress(site.rendererFolder, pathname === '/' ? 'index.html' : pathname);
  if (path === null) return sendPage(response, NOT_FOUND);
  // The build puts a content hash into the names below assets/.
  const cache = pathname.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
  await sendFile(request, response, path, { 'Content-Type': contentTypeOf(path), 'Cache-Control': cache });
}
