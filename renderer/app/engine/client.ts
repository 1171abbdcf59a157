/** The typed client of the contract over either transport. The one file of the window that knows the library behind it. */

import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { AppErrorData, contract } from '../../../preload/contract/contract.ts';
import { AppError } from '../../../preload/contract/errors.ts';

export type EngineClient = ContractRouterClient<typeof contract>;

type Port = ConstructorParameters<typeof PortLink>[0]['port'];
type Socket = ConstructorParameters<typeof SocketLink>[0]['websocket'];

/** Calls over a port whose other end the engine (or a relay to it) holds. */
export function clientOverPort(port: Port): EngineClient {
  const client: EngineClient = createORPCClient(new PortLink({ port }));
  if ('start' in port && typeof port.start === 'function') port.start();
  return client;
}

/** Calls over a WebSocket, which may still be opening. */
export function clientOverSocket(websocket: Socket): EngineClient {
  return createORPCClient(new SocketLink({ websocket }));
}

/** The engine's own refusal behind a failed call, or null where the failure is none (connection lost, a bug). */
export function appErrorOf(error: unknown): AppError | null {
  if (!(error instanceof ORPCError) || error.code !== 'APP_ERROR') return null;
  const { code, details } = error.data as AppErrorData;
  return new AppError(code, error.message, details, { cause: error });
}
