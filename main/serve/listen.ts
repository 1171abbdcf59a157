/** Opening a port, on this machine's own address unless a person says otherwise. */

import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { AppError } from '../../preload/contract/errors.ts';
import { isLoopback, urlHost } from './hosts.ts';

/** Errors: address-not-allowed for an address beyond this machine without `insecure`. */
export function refuseUnprotected(command: string, host: string, insecure: boolean): void {
  if (isLoopback(host) || insecure) return;
  const message =
    `${command}: ${host} can be reached from other machines and nothing would be encrypted. Use 127.0.0.1 and an SSH tunnel ` +
    '(ssh -L 8080:127.0.0.1:PORT this-machine), or add --insecure on a network where you trust everyone.';
  throw new AppError('address-not-allowed', message, { host });
}

/** Answers plainly or encrypted. */
export type Listener = Server | TlsServer;

/** The port that was opened; 0 takes a free one. Errors: address-in-use, address-not-allowed. */
export function listen(command: string, server: Listener, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const [code, what] =
        error.code === 'EADDRINUSE'
          ? (['address-in-use', 'another program listens there; choose another --port'] as const)
          : (['address-not-allowed', error.message] as const);
      const message = `${command}: cannot listen on ${host} port ${port}: ${what}`;
      reject(new AppError(code, message, { host, port }, { cause: error }));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Answers nobody any more, open connections included. */
export async function closeListener(server: Listener): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** `http://127.0.0.1:40123`; listening everywhere is no address to open. */
export function urlOf(host: string, port: number, protocol: 'http' | 'https' = 'http'): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${protocol}://${urlHost(reachable)}:${port}`;
}

/** What this machine is called, by itself and in its networks. */
export function machineNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [hostname(), ...addresses.map(({ address }) => address)];
}
