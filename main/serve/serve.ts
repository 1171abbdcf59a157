/** The engine's door for browsers and for the desktop window: HTTP for the window's files and pictures, one WebSocket. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { AppError } from '../../preload/contract/errors.ts';
import { doorsTo } from '../ipc/attach.ts';
import type { Engine } from '../ipc/engine.ts';
import type { LogBug } from '../ipc/replies.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import { allowedNames, isLoopback, urlHost } from './hosts.ts';
import type { ImageSource } from './images.ts';
import { answer } from './routes.ts';
import { openSockets } from './sockets.ts';

export interface ServeOptions {
  readonly engine: Engine;
  readonly images: ImageSource;
  readonly doorkeeper: Doorkeeper;
  /** The folder of the built window. */
  readonly rendererFolder: string;
  readonly logBug: LogBug;
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  /** Allows an address that other machines reach, though nothing is encrypted. */
  readonly insecure?: boolean;
  /** Told each time a link was used, so that another can be printed. */
  readonly onLinkUsed?: () => void;
}

export interface RunningServer {
  /** `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** A fresh link that signs one browser in. */
  newLink(): string;
  /** Ends every connection, then the server. */
  close(): Promise<void>;
}

/** What the routes need to know of the server they belong to. */
export interface Site extends ServeOptions {
  readonly names: ReadonlySet<string>;
  /** Cookies are not kept apart by port, so the port is in the name. */
  readonly cookieName: string;
}

/**
 * Starts listening.
 * Errors: address-not-allowed for an address beyond this machine without `insecure`; address-in-use.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const host = options.host ?? '127.0.0.1';
  refuseUnprotected(host, options.insecure === true);
  const server = createServer();
  const port = await listen(server, host, options.port ?? 0);
  const names = allowedNames(host, machineNames());
  const site: Site = { ...options, names, cookieName: `lightbench_${port}` };
  server.on('request', (request, response) => void reply(site, request, response));
  const sockets = openSockets(server, site, doorsTo(options.engine, options.logBug));
  const url = `http://${urlHost(reachable(host))}:${port}`;
  return {
    url,
    port,
    newLink: () => `${url}/open?token=${options.doorkeeper.issue()}`,
    close: async () => {
      sockets.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function reply(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await answer(site, request, response);
  } catch (error) {
    site.logBug(error);
    if (response.headersSent) response.destroy();
    else
      response.writeHead(500, { 'Content-Type': 'text/plain' }).end('The engine failed to answer; its log says why.');
  }
}

function refuseUnprotected(host: string, insecure: boolean): void {
  if (isLoopback(host) || insecure) return;
  const message =
    `serve: ${host} can be reached from other machines and nothing would be encrypted. Use 127.0.0.1 and an SSH tunnel ` +
    '(ssh -L 8080:127.0.0.1:PORT this-machine), or add --insecure on a network where you trust everyone.';
  throw new AppError('address-not-allowed', message, { host });
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const [code, what] =
        error.code === 'EADDRINUSE'
          ? (['address-in-use', 'another program listens there; choose another --port'] as const)
          : (['address-not-allowed', error.message] as const);
      reject(
        new AppError(code, `serve: cannot listen on ${host} port ${port}: ${what}`, { host, port }, { cause: error }),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Listening everywhere is no address to open. */
const reachable = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

function machineNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [hostname(), ...addresses.map(({ address }) => address)];
}
