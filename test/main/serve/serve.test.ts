import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { clientOverSocket } from '../../../renderer/app/engine/client.ts';
import { eventually } from '../../kit/eventually.ts';
import { madeRun } from '../../kit/made-runs.ts';
import { MemoryEngine, SIGN_PROJECT } from '../../kit/memory-engine.ts';
import { smallWindow, startServer, type TestServer } from '../../kit/server.ts';

let engine: MemoryEngine;
let server: TestServer;

beforeEach(async () => {
  engine = new MemoryEngine(SIGN_PROJECT);
  server = await startServer(engine);
});
afterEach(() => server.close());

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** A request as it stands, with any Host and with the path not tidied first, as `fetch` would. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port: server.port, host: '127.0.0.1', path, headers, method }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () =>
        resolve({ status: reply.statusCode!, headers: reply.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** What becomes of a WebSocket handshake: 101, or the status it is refused with. */
function shake(headers: Record<string, string>, path = '/engine'): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, 'lightbench.v1', { headers });
    socket.on('open', () => {
      resolve(101);
      socket.close();
    });
    socket.on('unexpected-response', (_, reply) => resolve(reply.statusCode!));
    socket.on('error', () => {}); // told by the status above
  });
}

test('whoever is signed in is told what would end with the engine', async () => {
  engine.change(madeRun(3, 1, { state: 'running' }));
  engine.change(madeRun(4, 2));

  const reply = await ask('/activity', { authorization: `Bearer ${server.doorkeeper.bearer}` });

  expect(JSON.parse(reply.body)).toEqual({ runs: ['r0003'], sweeps: [], transfers: [] });
  expect(reply.headers['cache-control']).toBe('no-store');
});

describe('signing in', () => {
  test('nothing is answered without a session', async () => {
    const paths = [
      '/',
      '/index.html',
      '/assets/app-1a2b.js',
      '/session',
      '/activity',
      '/images/1',
      `/tiles/${'ab'.repeat(32)}/exact`,
    ];

    const statuses = await Promise.all(paths.map(async (path) => (await ask(path)).status));

    expect(statuses).toEqual(paths.map(() => 401));
  });

  test('a link becomes a cookie that scripts and other sites cannot use, and a clean address', async () => {
    const reply = await fetch(server.newLink(), { redirect: 'manual' });

    expect(reply.status).toBe(303);
    expect(reply.headers.get('location')).toBe('/');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('set-cookie')).toMatch(
      new RegExp(`^lightbench_${server.port}=[\\w.-]+; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800$`),
    );
  });

  test('a used link is refused, and ten wrong ones close the door', async () => {
    const link = server.newLink();
    await fetch(link, { redirect: 'manual' });

    expect((await fetch(link)).status).toBe(401);
    for (let i = 0; i < 9; i++) expect((await ask(`/open?token=guess${i}`)).status).toBe(401);
    expect(await ask('/open?token=guess')).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
  });

  test('a program comes in with the bearer token and with no other', async () => {
    expect((await ask('/session', { authorization: `Bearer ${server.doorkeeper.bearer}` })).status).toBe(204);
    expect((await ask('/session', { authorization: 'Bearer wrong' })).status).toBe(401);
  });

  test('the cookie of a server on another port is not ours', async () => {
    const cookie = await server.signIn();

    expect((await ask('/session', { cookie })).status).toBe(204);
    expect((await ask('/session', { cookie: cookie.replace(`_${server.port}=`, '_1=') })).status).toBe(401);
  });
});

describe('the window', () => {
  test('its page comes with headers that forbid foreign and inline code', async () => {
    const reply = await ask('/', { cookie: await server.signIn() });

    expect(reply.status).toBe(200);
    expect(reply.body).toContain('<title>Lightbench</title>');
    expect(reply.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(reply.headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    expect(reply.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cache-control': 'no-cache',
    });
  });

  test('files with a hash in their name are kept by the browser', async () => {
    const reply = await ask('/assets/app-1a2b.js', { cookie: await server.signIn() });

    expect(reply.headers['cache-control']).toContain('immutable');
    expect(reply.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  test('no path leads out of its folder', async () => {
    const cookie = await server.signIn();
    const paths = [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/..%5csecret.txt',
      '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
      '//etc/passwd',
      '/etc/passwd',
      '/index.html%00.js',
      '/%zz',
    ];

    const replies = await Promise.all(paths.map((path) => ask(path, { cookie })));

    expect(replies.map(({ status }) => status)).toEqual(paths.map(() => 404));
    expect(replies.some(({ body }) => body.includes('not for the window'))).toBe(false);
  });

  test('a link out of its folder is not followed', async () => {
    const folder = smallWindow();
    symlinkSync(join(folder, '..', 'secret.txt'), join(folder, 'assets', 'shortcut.txt'));
    await server.close();
    server = await startServer(engine, { rendererFolder: folder });

    expect((await ask('/assets/shortcut.txt', { cookie: await server.signIn() })).status).toBe(404);
  });

  test('writing methods are refused', async () => {
    const cookie = await server.signIn();

    const statuses = await Promise.all(['POST', 'PUT', 'DELETE'].map((method) => ask('/', { cookie }, method)));

    expect(statuses.map(({ status }) => status)).toEqual([405, 405, 405]);
  });
});

describe('foreign pages', () => {
  test('a name that was made to point here is refused, even with the cookie', async () => {
    const cookie = await server.signIn();

    for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1.evil.example', '[::1', '10.0.0.1']) {
      expect((await ask('/', { cookie, host })).status).toBe(403);
      expect(await shake({ cookie, host, origin: `http://${host}` })).toBe(403);
    }
  });

  test('localhost is our own name', async () => {
    const host = `localhost:${server.port}`;

    expect(await shake({ cookie: await server.signIn(), host, origin: `http://${host}` })).toBe(101);
  });

  test('through a tunnel the port is another, and only for its own page', async () => {
    const cookie = await server.signIn();
    const host = '127.0.0.1:8080';

    expect(await shake({ cookie, host, origin: `http://${host}` })).toBe(101);
    expect(await shake({ cookie, host, origin: 'http://127.0.0.1:9090' })).toBe(403);
  });

  test('a page of another site opens no WebSocket, even with the cookie', async () => {
    const cookie = await server.signIn();
    const origins = ['http://evil.example', `https://127.0.0.1:${server.port}`, `http://127.0.0.1:1`, 'null'];

    expect(await Promise.all(origins.map((origin) => shake({ cookie, origin })))).toEqual([403, 403, 403, 403]);
    expect((await ask('/session', { cookie, origin: 'http://evil.example' })).status).toBe(403);
  });

  test('a WebSocket needs a session, a right path, and from a browser its own Origin', async () => {
    const cookie = await server.signIn();
    const origin = server.url;
    const authorization = `Bearer ${server.doorkeeper.bearer}`;

    expect(await shake({ cookie, origin })).toBe(101);
    expect(await shake({ authorization })).toBe(101);
    expect(await shake({ origin })).toBe(401);
    expect(await shake({})).toBe(401);
    expect(await shake({ cookie })).toBe(401);
    expect(await shake({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await shake({ cookie, origin }, '/other')).toBe(404);
  });

  test('a message too large for a call ends the connection, not the server', async () => {
    const headers = { authorization: `Bearer ${server.doorkeeper.bearer}` };
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/engine`, 'lightbench.v1', { headers });
    await new Promise((resolve) => socket.on('open', resolve));
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.on('error', () => {}); // the close code says it

    socket.send(Buffer.alloc(5 * 2 ** 20));

    expect([1006, 1009]).toContain(await closed);
    expect(await shake(headers)).toBe(101);
  });
});

describe('addresses', () => {
  test('an address that others reach is refused without --insecure', async () => {
    await expect(startServer(engine, { host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'address-not-allowed',
      message: expect.stringContaining('0.0.0.0'),
    });
  });

  test('with it, the link still names an address that can be opened', async () => {
    const open = await startServer(engine, { host: '0.0.0.0', insecure: true });

    expect(open.url).toBe(`http://127.0.0.1:${open.port}`);
    expect((await fetch(`${open.url}/session`)).status).toBe(401);
    await open.close();
  });

  test('a port in use is named', async () => {
    await expect(startServer(engine, { port: server.port })).rejects.toMatchObject({
      code: 'address-in-use',
      message: expect.stringContaining(String(server.port)),
    });
  });
});

describe('images', () => {
  const PIXEL = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);
  const sha256 = 'ab'.repeat(32);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lightbench-images-'));
    mkdirSync(join(folder, 'images'));
    writeFileSync(join(folder, 'images', 'a.jpg'), PIXEL);
    engine.images.set(1, { path: 'images/a.jpg', storage: 'copied', folder, format: 'jpeg', sha256 });
  });

  test('a picture of the project comes with its type and its hash as tag', async () => {
    const cookie = await server.signIn();

    const reply = await ask('/images/1', { cookie });

    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'image/jpeg', etag: `"${sha256}"` } });
    expect(reply.headers['content-length']).toBe('4');
    expect((await ask('/images/1', { cookie, 'if-none-match': `"${sha256}"` })).status).toBe(304);
  });

  test('a part of a picture comes to whoever asks for one', async () => {
    const cookie = await server.signIn();
    const part = (range: string) => ask('/images/1', { cookie, range });

    expect(await part('bytes=1-2')).toMatchObject({
      status: 206,
      headers: { 'content-range': 'bytes 1-2/4', 'content-length': '2', 'accept-ranges': 'bytes' },
    });
    expect((await part('bytes=-1')).headers['content-range']).toBe('bytes 3-3/4');
    expect((await part('bytes=2-')).headers['content-range']).toBe('bytes 2-3/4');
    expect(await part('bytes=9-')).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */4' } });
    expect((await part('bytes=0-1,3-3')).status).toBe(200);
    expect((await part('lines=1-2')).status).toBe(200);
  });

  test('tiles are to be kept for ever, and are told once they can be had', async () => {
    const cookie = await server.signIn();
    engine.tiles.set(`${sha256} 2 3 1`, join(folder, 'images', 'a.jpg'));

    expect((await ask(`/tiles/${sha256}/coarse`, { cookie })).status).toBe(204);
    expect(await ask(`/tiles/${sha256}/2/3-1`, { cookie })).toMatchObject({
      status: 200,
      headers: { 'content-length': '4', 'cache-control': expect.stringContaining('immutable') },
    });
    expect((await ask(`/tiles/${sha256}/2/3-2`, { cookie })).status).toBe(404);
  });

  test('a linked picture is read where it is', async () => {
    const path = join(folder, 'elsewhere.png');
    writeFileSync(path, PIXEL);
    engine.images.set(2, { path, storage: 'linked', folder: '/nowhere', format: 'png', sha256 });

    expect((await ask('/images/2', { cookie: await server.signIn() })).headers['content-type']).toBe('image/png');
  });

  test('an id that is not in the project, a lost file and a path out of the project are not found', async () => {
    const cookie = await server.signIn();
    writeFileSync(join(folder, '..', 'outside.jpg'), PIXEL);
    const stray = { storage: 'copied', folder, format: 'jpeg', sha256 } as const;
    engine.images.set(3, { ...stray, path: 'images/lost.jpg' });
    engine.images.set(4, { ...stray, path: '../outside.jpg' });
    engine.images.set(5, { ...stray, path: 'images', storage: 'linked' });

    const tiles = [`/tiles/${sha256}/0/0-0`, `/tiles/${sha256}/exact`, `/tiles/${sha256}/0/../../x`, '/tiles/x/0/0-0'];
    const paths = [...tiles, '/images/9', '/images/3', '/images/4', '/images/5', '/images/x', '/images/1/../2'];
    const statuses = await Promise.all(paths.map(async (path) => (await ask(path, { cookie })).status));

    expect(statuses).toEqual(paths.map(() => 404));
  });

  test('a format that a browser might run is sent as bytes', async () => {
    engine.images.set(6, { path: 'images/a.jpg', storage: 'copied', folder, format: 'svg', sha256 });

    const reply = await ask('/images/6', { cookie: await server.signIn() });

    expect(reply.headers['content-type']).toBe('application/octet-stream');
  });
});

test('closing ends the streams of every connection', async () => {
  const headers = { authorization: `Bearer ${server.doorkeeper.bearer}` };
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/engine`, 'lightbench.v1', { headers });
  const client = clientOverSocket(socket as unknown as globalThis.WebSocket);
  await (await client.runs.watch()).next();
  expect(engine.listenerCount).toBe(3);

  await server.close();

  await eventually(() => expect(engine.listenerCount).toBe(0));
});
