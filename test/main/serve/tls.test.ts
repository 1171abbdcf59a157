/** An encrypted server, with a certificate made for the test; skipped by name where openssl is not there to make one. */

import { request } from 'node:https';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { readTlsFiles, tlsChoice } from '../../../main/serve/tls-files.ts';
import { HAS_OPENSSL, makePair } from '../../kit/certificates.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { MemoryEngine, SIGN_PROJECT } from '../../kit/memory-engine.ts';
import { startServer } from '../../kit/server.ts';

const name = HAS_OPENSSL ? '' : ' (skipped: needs openssl)';

interface Reply {
  readonly status: number;
  readonly cookie: string;
}

function ask(port: number, path: string, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, rejectUnauthorized: false }, (reply) => {
      reply.resume();
      resolve({ status: reply.statusCode!, cookie: reply.headers['set-cookie']?.[0] ?? '' });
    });
    sent.on('error', reject).end();
  });
}

test.skipIf(!HAS_OPENSSL)(
  `an encrypted server may be reached from elsewhere, and its cookie never goes plain${name}`,
  async () => {
    const { certificate, key } = makePair();
    const server = await startServer(new MemoryEngine(SIGN_PROJECT), {
      host: '0.0.0.0',
      tls: readTlsFiles(certificate, key),
    });
    onTestFinished(server.close);
    const link = new URL(server.newLink());

    const opened = await ask(server.port, `${link.pathname}${link.search}`);
    const cookie = opened.cookie.split(';')[0]!;
    const shake = (origin: string) =>
      new Promise<number>((resolve) => {
        const headers = { cookie, origin };
        const address = `wss://127.0.0.1:${server.port}/engine`;
        const socket = new WebSocket(address, 'lightbench.v1', { headers, rejectUnauthorized: false });
        socket.on('open', () => resolve(101)).on('unexpected-response', (_, reply) => resolve(reply.statusCode!));
        socket.on('error', () => {}); // told by the status above
      });

    expect(link.protocol).toBe('https:');
    expect(opened).toMatchObject({ status: 303, cookie: expect.stringContaining('; Secure') });
    expect((await ask(server.port, '/session', { cookie })).status).toBe(204);
    expect((await ask(server.port, '/session')).status).toBe(401);
    expect(await shake(`https://127.0.0.1:${server.port}`)).toBe(101);
    expect(await shake(`http://127.0.0.1:${server.port}`)).toBe(403);
    await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow();
  },
);

test.skipIf(!HAS_OPENSSL)(`files that are no pair, or not there, are refused by name${name}`, async () => {
  const [one, other] = [makePair(), makePair()];

  expect((await appErrorOf(() => readTlsFiles(one.certificate, other.key))).code).toBe('file-unreadable');
  expect((await appErrorOf(() => readTlsFiles(one.certificate, `${one.key}.gone`))).code).toBe('file-missing');
  expect((await appErrorOf(() => tlsChoice(one.certificate, undefined))).code).toBe('bad-argument');
  expect(tlsChoice(undefined, undefined)).toBeNull();
});
