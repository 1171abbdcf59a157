/** Certificates made for a test, where openssl is there to make them. */

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { tempFolder } from './folders.ts';

export const HAS_OPENSSL: boolean = spawnSync('openssl', ['version']).status === 0;

/** Paths of a certificate for this machine that nobody vouches for, and of its key. */
export function makePair(): { certificate: string; key: string } {
  const folder = tempFolder();
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', ...made, ...names, '-days', '2', '-nodes'], { stdio: 'ignore' });
  return { certificate, key };
}
