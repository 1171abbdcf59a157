/** Headers of every reply, and the few replies that are made here and not read from a file. */

import type { ServerResponse } from 'node:http';
import { RETRY_SECONDS } from './doorkeeper.ts';

/** No inline script or style, nothing from elsewhere; `'self'` covers the WebSocket of the same host and port. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Where to go on from here. */
  readonly link?: { readonly href: string; readonly label: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** A whole page in a few words, for a person; programs read the status. */
export function sendPage(response: ServerResponse, page: Page): void {
  const link = page.link === undefined ? '' : `<p><a href="${page.link.href}">${page.link.label}</a></p>`;
  const body =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">` +
    `<title>${page.title} · Lightbench</title></head><body><h1>${page.title}</h1><p>${page.text}</p>${link}</body></html>`;
  response.writeHead(page.status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    ...page.headers,
  });
  response.end(body);
}

export const SIGN_IN: Page = {
  status: 401,
  title: 'Sign in',
  text: 'Open the link that lightbench serve printed. It works once; press Enter there for another.',
  link: { href: '/', label: 'I opened it already: continue' },
};
export const WRONG_LINK: Page = {
  status: 401,
  title: 'This link is used up or wrong',
  text: 'A link works once. Press Enter in the terminal where lightbench serve runs to print another.',
  link: { href: '/', label: 'I opened it already: continue' },
};
export const TOO_MANY: Page = {
  status: 429,
  title: 'Wait a moment',
  text: `Too many wrong links. Try again in ${RETRY_SECONDS} seconds.`,
  headers: { 'Retry-After': String(RETRY_SECONDS) },
};
export const FOREIGN_HOST: Page = {
  status: 403,
  title: 'Not this address',
  text: 'This server answers only to the address it printed when it started.',
};
export const FOREIGN_ORIGIN: Page = {
  status: 403,
  title: 'Not from there',
  text: 'This request came from a page of another site.',
};
export const NOT_FOUND: Page = { status: 404, title: 'Not found', text: 'There is nothing at this address.' };
export const READ_ONLY: Page = {
  status: 405,
  title: 'Reading only',
  text: 'This address is read with GET.',
  headers: { Allow: 'GET, HEAD' },
};
