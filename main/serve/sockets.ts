/** The WebSocket of the contract: who may open one, and what ends one. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Doors } from '../ipc/attach.ts';
import { isOwnOrigin } from './hosts.ts';
import type { Listener } from './listen.ts';
import { isForUs, isSignedIn } from './routes.ts';
import type { Site } from './serve.ts';

/** Pixels and tensors travel by URL; calls are small. */
const MAX_MESSAGE_BYTES = 4 * 2 ** 20;
const PING_MS = 15_000;

const SOCKET_PATH = '/engine';
export const SUBPROTOCOL = 'lightbench.v1';

/** Lets WebSockets in on a listening server until closed. */
export function openSockets(server: Listener, site: Site, doors: Doors): { close(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  server.on('upgrade', (request, stream, head) => {
    const refusal = refusalOf(site, request);
    if (refusal !== null) return refuse(stream, refusal);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', () => socket.terminate()); // a broken frame ends its own connection only
      doors.attachSocket(socket);
    });
  });
  const ping = setInterval(() => pingAll(sockets.clients), PING_MS);
  ping.unref();
  return {
    close: () => {
      clearInterval(ping);
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

/** The status with which a handshake is refused, or null. A cookie counts only beside the Origin of our own page. */
function refusalOf(site: Site, request: IncomingMessage): string | null {
  if (!isForUs(site, request)) return '403 Forbidden';
  const { origin, authorization } = request.headers;
  if (origin !== undefined && !isOwnOrigin(origin, request.headers.host, site.protocol)) return '403 Forbidden';
  const isProgram = authorization !== undefined;
  if ((origin === undefined && !isProgram) || !isSignedIn(site, request)) return '401 Unauthorized';
  return request.url === SOCKET_PATH ? null : '404 Not Found';
}

function refuse(stream: Duplex, status: string): void {
  stream.on('error', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

const unanswered = new WeakSet<WebSocket>();

/** A machine that fell asleep or off the network answers no ping; its streams must not go on for ever. */
function pingAll(clients: Iterable<WebSocket>): void {
  for (const socket of clients) {
    if (unanswered.has(socket)) {
      socket.terminate();
      continue;
    }
    unanswered.add(socket);
    socket.once('pong', () => unanswered.delete(socket));
    socket.ping();
  }
}
