import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { download, vendorPackage } from '../../../build/setup-cuda/vendor.ts';
import { runtimePackage } from '../../../main/devices/provider-files.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';

const PACKAGE = new TextEncoder().encode('the package');
const SHA512 = createHash('sha512').update(PACKAGE).digest('base64');

/** A feed of one package on this machine; `hash` is what its catalog says. */
async function feed(hash: string | null): Promise<{ index: string; asked: string[] }> {
  const asked: string[] = [];
  const base = await server((response) => {
    const { url } = response.req;
    asked.push(url!);
    const answers: Record<string, unknown> = {
      '/index.json': {
        resources: [
          { '@id': `${base}/flat`, '@type': 'PackageBaseAddress/3.0.0' },
          { '@id': `${base}/registration/`, '@type': 'RegistrationsBaseUrl/3.6.0' },
        ],
      },
      '/registration/some.package/1.2.3.json': { catalogEntry: `${base}/leaf.json` },
      '/leaf.json': hash === null ? {} : { packageHash: hash, packageHashAlgorithm: 'SHA512' },
    };
    const answer = answers[url!];
    if (url === '/flat/some.package/1.2.3/some.package.1.2.3.nupkg') response.end(PACKAGE);
    else if (answer === undefined) response.writeHead(404).end();
    else response.end(JSON.stringify(answer));
  });
  return { index: `${base}/index.json`, asked };
}

const wanted = (index: string) => ({ name: 'Some.Package', version: '1.2.3', index });

test('the package is streamed to a file and compared with the published hash', async () => {
  const { index, asked } = await feed(SHA512);
  const file = join(tempFolder(), 'p.nupkg');
  const told: number[] = [];

  const { address, isVerified } = await download(wanted(index), file, (bytes) => told.push(bytes));

  expect(isVerified).toBe(true);
  expect(address).toMatch(/some\.package\.1\.2\.3\.nupkg$/);
  expect(new Uint8Array(readFileSync(file))).toEqual(PACKAGE);
  expect(told.at(-1)).toBe(PACKAGE.length);
  expect(asked).toContain('/leaf.json');
});

test('a feed without hashes is told apart', async () => {
  const { index } = await feed(null);

  expect(await download(wanted(index), join(tempFolder(), 'p'), () => {})).toMatchObject({ isVerified: false });
});

test('bytes other than the published ones are refused', async () => {
  const { index } = await feed(createHash('sha512').update('other').digest('base64'));

  const error = await appErrorOf(() => download(wanted(index), join(tempFolder(), 'p'), () => {}));

  expect(error).toMatchObject({ code: 'device-unavailable', message: expect.stringContaining('SHA-512') });
});

test('a vendor that cannot be reached is named, with the way without a network', async () => {
  const error = await appErrorOf(() => download(wanted('http://127.0.0.1:9/index.json'), '/dev/null', () => {}));

  expect(error.message).toMatch(/^http:\/\/127\.0\.0\.1:9\/index\.json: .*--from FILE/);
});

test('a feed that answers with a page, or breaks off, is named too', async () => {
  const page = await server((response) => response.end('<html>sign in</html>'));
  const torn = await server((response, url) => {
    const address = { '@id': `${url}/flat`, '@type': 'PackageBaseAddress/3.0.0' };
    if (response.req.url === '/index.json') response.end(JSON.stringify({ resources: [address] }));
    else response.writeHead(200, { 'content-length': 99 }).write('part', () => response.destroy());
  });
  const told = (url: string) =>
    appErrorOf(() => download(wanted(`${url}/index.json`), join(tempFolder(), 'p'), () => {}));

  expect((await told(page)).message).toMatch(/index\.json: it does not answer in JSON .*--from FILE/);
  expect((await told(torn)).message).toMatch(/1\.2\.3\.nupkg: it broke off .*--from FILE/);
});

/** Its address. */
async function server(answer: (response: ServerResponse<IncomingMessage>, url: string) => void): Promise<string> {
  const made = createServer((_, response) => answer(response, url()));
  const url = () => `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void made.close());
  return url();
}

test("the package wanted is the installed runtime's", () => {
  expect(vendorPackage()).toMatchObject({ version: runtimePackage().version, name: expect.stringContaining('Gpu') });
});
