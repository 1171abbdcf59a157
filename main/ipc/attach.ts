/** Puts the contract on a wire: one function per transport, everything else is shared. */

import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { RPCHandler as SocketHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';
import type { Engine } from './engine.ts';
import type { LogBug } from './replies.ts';
import { routerOf } from './router.ts';

/** What of a port is used: Electron's `MessagePortMain`, a web `MessagePort` and Node's own all have it. */
type Port = Parameters<PortHandler<Record<never, never>>['upgrade']>[0];

export interface Doors {
  attachPort(port: Port): void;
  attachSocket(socket: WebSocket): void;
}

/** Handlers over one engine for any number of connections; each ends its streams when its connection closes. */
export function doorsTo(engine: Engine, logBug: LogBug): Doors {
  const router = routerOf(engine, logBug);
  const ports = new PortHandler(router);
  const sockets = new SocketHandler(router);
  return {
    attachPort: (port) => ports.upgrade(port),
    attachSocket: (socket) => void sockets.upgrade(socket),
  };
}
