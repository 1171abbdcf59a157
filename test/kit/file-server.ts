/** A server of one file that misbehaves as asked, request by request. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** How one request is answered; without one, as a good server would. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FileServer {
  readonly url: string;
  /** Headers of every request so far. */
  readonly requests: readonly IncomingMessage['headers'][];
  /** What is served, and how it is marked. */
  content: Uint8Array;
  etag: string;
  /** Answers to come, first first. */
  readonly answers: Answer[];
  /** Breaks every connection there is. */
  drop(): void;
  close(): Promise<void>;
}

export async function fileServer(content: Uint8Array): Promise<FileServer> {
  const requests: IncomingMessage['headers'][] = [];
  const answers: Answer[] = [];
  const http = createServer((request, response) => {
    requests.push(request.headers);
    const answer = answers.shift() ?? ((asked, answered) => serve(asked, answered, server));
    answer(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      http.closeAllConnections();
      http.close(() => resolve());
    });
  const { port } = http.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/weights.pth`;
  const drop = () => http.closeAllConnections();
  const server: FileServer = { url, requests, content, etag: '"1"', answers, drop, close };
  onTestFinished(close);
  return server;
}

/** Ranges, with the condition that the file is still the same one. */
export function serve(request: IncomingMessage, response: ServerResponse, { content, etag }: FileServer): void {
  const { range, 'if-range': condition } = request.headers;
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  response.setHeader('etag', etag);
  if (start > 0 && start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  } else if (start > 0 && (condition === undefined || condition === etag)) {
    const headers = {
      'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
      'content-length': content.length - start,
    };
    response.writeHead(206, headers).end(content.subarray(start));
  } else response.writeHead(200, { 'content-length': content.length }).end(content);
}

/** Sends so many bytes of what was asked, then nothing more: `drop` breaks the connection. */
export const stallAfter =
  (bytes: number, server: FileServer): Answer =>
  (request, response) => {
    const { content, etag } = server;
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const headers = { etag, 'content-length': content.length - start };
    const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
    response.writeHead(start === 0 ? 200 : 206, start === 0 ? headers : { ...headers, ...range });
    response.write(content.subarray(start, start + bytes));
  };

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, headers).end();
  };
