/** The ways from a window to an engine, each of them real, under one face. */

import { MessageChannel, type MessagePort as NodePort } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { doorsTo } from '../../main/ipc/attach.ts';
import { type RelayPort, relay } from '../../main/shell/relay.ts';
import { clientOverPort, clientOverSocket, type EngineClient } from '../../renderer/app/engine/client.ts';
import type { MemoryEngine } from './memory-engine.ts';
import { startServer } from './server.ts';

export interface Connection {
  readonly client: EngineClient;
  readonly bugs: unknown[];
  /** Ends the connection from the window's side. */
  drop(): void;
  close(): Promise<void>;
}

async function overPort(engine: MemoryEngine): Promise<Connection> {
  const bugs: unknown[] = [];
  const { port1, port2 } = new MessageChannel();
  doorsTo(engine, (error) => bugs.push(error)).attachPort(port1 as unknown as MessagePort);
  const client = clientOverPort(port2 as unknown as MessagePort);
  return { client, bugs, drop: () => port2.close(), close: async () => port2.close() };
}

async function overSocket(engine: MemoryEngine): Promise<Connection> {
  const server = await startServer(engine);
  const headers = { Authorization: `Bearer ${server.doorkeeper.bearer}` };
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/engine`, 'lightbench.v1', { headers });
  const client = clientOverSocket(socket as unknown as globalThis.WebSocket);
  return { client, bugs: server.bugs, drop: () => socket.close(), close: () => server.close() };
}

/** As in the desktop: the window has a port, the shell carries its messages to the server and back. */
async function overRelay(engine: MemoryEngine): Promise<Connection> {
  const server = await startServer(engine);
  const { port1, port2 } = new MessageChannel();
  const relayed = await relay(electronPort(port1), { url: server.url, token: server.doorkeeper.bearer });
  const client = clientOverPort(port2 as unknown as MessagePort);
  return { client, bugs: server.bugs, drop: relayed.close, close: () => server.close() };
}

/** Node's port under the manners of Electron's `MessagePortMain`. */
export function electronPort(port: NodePort): RelayPort {
  return {
    on: (event: 'message' | 'close', listener: (message: never) => void) =>
      event === 'message'
        ? port.on('message', (data: unknown) => listener({ data } as never))
        : port.on('close', () => listener(undefined as never)),
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  };
}

export const TRANSPORTS = {
  'message port': overPort,
  'loopback WebSocket': overSocket,
  'message port relayed to a WebSocket': overRelay,
};
