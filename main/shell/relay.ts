/** Carries messages between a window's port and the engine's WebSocket, unread. */

import type { IncomingMessage } from 'node:http';
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

/** The engine answers, and lets nobody in with this token. */
export class TokenRefused extends Error {}

const SUBPROTOCOL = 'lightbench.v1';

/**
 * Opens a socket to the engine and joins it to the port.
 * Errors: TokenRefused; Error, in words for people, when the engine does not answer or cannot be trusted.
 */
export async function relay(port: RelayPort, engine: EngineAddress): Promise<Relay> {
  const address = new URL('/engine', engine.url);
  address.protocol = address.protocol.replace('http', 'ws');
  const headers = { authorization: `Bearer ${engine.token}` };
  const socket = new WebSocket(address, SUBPROTOCOL, {
    headers,
    ...(engine.ca === undefined ? {} : { ca: engine.ca }),
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      reject(refusalOf(engine, response));
    });
    socket.on('error', (error) => reject(failureOf(engine, error))); // after `open`, `close` tells the rest
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

function refusalOf({ url }: EngineAddress, { statusCode }: IncomingMessage): Error {
  if (statusCode !== 401) return new Error(`${url} answers, but not as an engine does (${statusCode}).`);
  return new TokenRefused(
    `The engine at ${url} refuses the token (401). Each start of an engine has another; "serve --json" prints it.`,
  );
}

/** What TLS calls a certificate that nobody vouches for. */
const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_(UNTRUSTED|SIGNATURE)/;

function failureOf({ url }: EngineAddress, error: Error): Error {
  const { code = error.message } = error as NodeJS.ErrnoException;
  const isAddress = /^E[A-Z]+$/.test(code);
  const message = UNTRUSTED.test(code)
    ? `The certificate of ${url} is not one that this machine trusts (${code}). Name its file with --ca.`
    : isAddress
      ? `Nothing answers at ${url} (${code}).`
      : `${url} cannot be reached: ${error.message}.`;
  return new Error(message, { cause: error });
}
