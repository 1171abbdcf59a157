/** The certificate and key that a server encrypts with. */

import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { AppError } from '../../preload/contract/errors.ts';

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The two files as they were named; null for neither. Errors: bad-argument for one without the other. */
export function tlsChoice(
  certificate: string | undefined,
  key: string | undefined,
): { readonly certificate: string; readonly key: string } | null {
  if (certificate === undefined && key === undefined) return null;
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  throw new AppError('bad-argument', 'serve: --tls-cert and --tls-key go together: give both, or neither');
}

/** Errors: file-missing, file-unreadable when the two are no pair. */
export function readTlsFiles(certificate: string, key: string): TlsFiles {
  const files = { cert: read(certificate), key: read(key) };
  try {
    createSecureContext(files);
    return files;
  } catch (error) {
    const message = `serve: ${certificate} and ${key} are no certificate and key that belong together (${(error as Error).message})`;
    throw new AppError('file-unreadable', message, { certificate, key }, { cause: error });
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const message = `serve: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    throw new AppError('file-missing', message, { path }, { cause: error });
  }
}
