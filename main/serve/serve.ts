/** The engine's door for browsers and for the desktop window: HTTP for the window's files and pictures, one WebSocket. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { doorsTo } from '../ipc/attach.ts';
import type { Engine } from '../ipc/engine.ts';
import type { LogBug } from '../ipc/replies.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import { allowedNames } from './hosts.ts';
import type { ImageSource } from './images.ts';
import { closeListener, listen, machineNames, refuseUnprotected, urlOf } from './listen.ts';
import { answer } from './routes.ts';
import { openSockets } from './sockets.ts';
import type { TlsFiles } from './tls-files.ts';

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
  /** What to encrypt with; without it nothing is. */
  readonly tls?: TlsFiles | null;
  /** Allows an address that other machines reach, though nothing is encrypted. */
  readonly insecure?: boolean;
  /** Told each time a link was used, so that another can be printed. */
  readonly onLinkUsed?: () => void;
}

export interface RunningServer {
  /** `http://127.0.0.1:40123`, or `https:` where it is encrypted, without a slash at the end. */
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
  readonly protocol: 'http' | 'https';
  /** Cookies are not kept apart by port, so the port is in the name. */
  readonly cookieName: string;
}

/**
 * Starts listening.
 * Errors: address-not-allowed for an address beyond this machine without `tls` or `insecure`; address-in-use.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const host = options.host ?? '127.0.0.1';
  const { tls = null } = options;
  if (tls === null) refuseUnprotected('serve', host, options.insecure === true);
  const server = tls === null ? createServer() : createTlsServer({ ...tls, minVersion: 'TLSv1.2' });
  const port = await listen('serve', server, host, options.port ?? 0);
  const names = allowedNames(host, machineNames());
  const protocol = tls === null ? 'http' : 'https';
  const site: Site = { ...options, names, protocol, cookieName: `lightbench_${port}` };
  server.on('request', (request, response) => void reply(site, request, response));
  const sockets = openSockets(server, site, doorsTo(options.engine, options.logBug));
  const url = urlOf(host, port, protocol);
  return {
    url,
    port,
    newLink: () => `${url}/open?token=${options.doorkeeper.issue()}`,
    close: async () => {
      sockets.close();
      await closeListener(server);
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
