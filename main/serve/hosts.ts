/**
 * Which names a request may call this server by, and which pages may call it.
 * A page of another site can make its own name resolve to 127.0.0.1 (DNS rebinding) and can open a WebSocket to any
 * address; the first is caught by the name in the Host header, the second by an Origin that differs from it. The port in
 * the Host header is free, since a tunnel from another machine has a port of its own.
 */

import { isIP } from 'node:net';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const HOST = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(:\d+)?$/i;

/** True for an address that only programs of this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** As it stands in a URL: an IPv6 address is put in brackets. */
export function urlHost(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/** Names that a server on `host` answers to; `names` are the machine's own names and addresses. */
export function allowedNames(host: string, names: readonly string[]): ReadonlySet<string> {
  const all = isLoopback(host) ? [...LOOPBACK, host] : [...LOOPBACK, host, ...names];
  return new Set(all.map((name) => urlHost(name).toLowerCase()));
}

/** Whether a Host header calls the server by one of its names. */
export function isOwnHost(header: string | undefined, names: ReadonlySet<string>): boolean {
  const name = HOST.exec(header ?? '')?.[1];
  return name !== undefined && names.has(name.toLowerCase());
}

/** Whether a request comes from a page that was loaded from the very address the request goes to. */
export function isOwnOrigin(
  origin: string | undefined,
  hostHeader: string | undefined,
  protocol: 'http' | 'https',
): boolean {
  if (origin === undefined || hostHeader === undefined) return false;
  return origin.toLowerCase() === `${protocol}://${hostHeader}`.toLowerCase();
}
