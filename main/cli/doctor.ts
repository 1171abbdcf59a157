/** `lightbench doctor`: whether this machine can do the work, each part tried rather than assumed. */

import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { freemem } from 'node:os';
import { dirname } from 'node:path';
import { runInChild } from '../train/host.ts';
import type { CliContext } from './context.ts';
import { table } from './format.ts';
import { EXIT } from './output.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or what is missing and how to get it. */
  readonly found: string;
}

const OLDEST_NODE = 24;
const FEW_BYTES = 2 * 2 ** 30;

/** Returns the exit status: a failure when any check failed. */
export async function doctorCommand({ output, library, threads }: CliContext): Promise<number> {
  const checks = [nodeVersion(), ...packages(), memory(), diskSpace(library), await cpu(threads)];
  const rows = checks.map(({ name, ok, found }) => [name, ok ? 'ok' : 'FAIL', found]);
  output.result({ checks }, table(['check', 'state', 'found'], rows));
  return checks.every(({ ok }) => ok) ? EXIT.done : EXIT.failure;
}

function nodeVersion(): Check {
  const { node } = process.versions;
  const ok = Number(node.split('.')[0]) >= OLDEST_NODE;
  return { name: 'node', ok, found: ok ? node : `${node}; Lightbench needs Node ${OLDEST_NODE} or newer` };
}

/** Native packages must be there for this platform; a wrong or partial installation shows here. */
function packages(): Check[] {
  const require = createRequire(import.meta.url);
  return ['better-sqlite3', 'sharp', 'onnxruntime-node'].map((name) => {
    try {
      require(name);
      const description = findPackageJSON(name, import.meta.url);
      const { version } = JSON.parse(readFileSync(description!, 'utf8')) as { version: string };
      return { name, ok: true, found: version };
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      return { name, ok: false, found: `${reason}; run "npm ci" on this machine` };
    }
  });
}

function memory(): Check {
  const free = freemem();
  return { name: 'free memory', ok: free >= FEW_BYTES, found: gigabytes(free) };
}

function diskSpace(library: string): Check {
  mkdirSync(dirname(library), { recursive: true });
  const { bavail, bsize } = statfsSync(dirname(library));
  const free = bavail * bsize;
  return { name: 'free disk', ok: free >= FEW_BYTES, found: `${gigabytes(free)} at ${dirname(library)}` };
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

async function cpu(threads: number): Promise<Check> {
  try {
    await runInChild({ kind: 'probe', device: 'cpu' });
    return { name: 'train on cpu', ok: true, found: `a training step gave the right numbers; ${threads} threads` };
  } catch (error) {
    return { name: 'train on cpu', ok: false, found: error instanceof Error ? error.message : String(error) };
  }
}
