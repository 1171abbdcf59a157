/** Carries messages between a window's port and the engine's WebSocket, unread. */

import { WebSocket } from 'ws';
import type { EngineAddress } from './engine-process.ts';

/** What of Electron's `MessagePortMain` is used. */
export interface RelayPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

export interface Relay {
  /** Settles when either side is gone. */
  readonly closed: Promise<void>;
  close(): void;
}

const SUBPROTOCOL = 'lightbench.v1';

/**
 * Opens a socket to the engine and joins it to the port.
 * Errors: Error when the engine does not answer or refuses the token.
 */
export async function relay(port: RelayPort, engine: EngineAddress): Promise<Relay> {
  const address = new URL('/engine', engine.url);
  address.protocol = address.protocol.replace('http', 'ws');
  const socket = new WebSocket(address, SUBPROTOCOL, { headers: { authorization: `Bearer ${engine.token}` } });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.on('error', reject); // after `open`, `close` tells the rest
  });
  socket.on('message', (data, isBinary) => port.postMessage(isBinary ? data : String(data)));
  port.on('message', ({ data }) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(data as string | Uint8Array);
  });
  port.on('close', () => socket.close());
  port.start();
  void closed.then(() => port.close());
  return { closed, close: () => socket.close() };
}
