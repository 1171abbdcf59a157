/**
 * Which names a request may call this server by, and which pages may call it.
 * A page of another site can make its own name resolve to 127.0.0.1 (DNS rebinding) and can open a WebSocket to any
 * address; the first is caught by the Host header, the second by the Origin header.
 */

import { isIP } from 'node:net';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** True for an address that only programs of this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** As it stands in a URL: an IPv6 address is put in brackets. */
export function urlHost(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/** Values of the Host header that a server on `host` answers to; `names` are the machine's own names and addresses. */
export function allowedHosts(host: string, port: number, names: readonly string[]): ReadonlySet<string> {
  const hosts = isLoopback(host) ? LOOPBACK : [...LOOPBACK, host, ...names];
  return new Set(hosts.map((name) => `${urlHost(name)}:${port}`.toLowerCase()));
}

/** Whether a request comes from a page that this very server delivered. */
export function isOwnOrigin(origin: string | undefined, allowed: ReadonlySet<string>): boolean {
  if (origin === undefined || !origin.startsWith('http://')) return false;
  return allowed.has(origin.slice('http://'.length).toLowerCase());
}
