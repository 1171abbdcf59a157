/**
 * What people ask of a sweep while another process runs it: one small file a request in the sweep's folder, which the
 * process that runs it reads and removes. A request that nobody has read yet outlives both.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SweepRequest } from '../../preload/contract/sweep.ts';
import { writeDurably } from '../durable-file.ts';

export const sweepFolder = (project: { readonly folder: string }, sweep: string): string =>
  join(project.folder, 'sweeps', sweep);

const inbox = (project: { readonly folder: string }, sweep: string): string =>
  join(sweepFolder(project, sweep), 'requests');

const LARGEST_BYTES = 10_000;

/** Leaves a request for whoever runs the sweep. Errors: disk-full, folder-unwritable. */
export function leaveRequest(
  project: { readonly folder: string },
  sweep: string,
  request: SweepRequest,
  nowMs: number,
): void {
  const folder = inbox(project, sweep);
  mkdirSync(folder, { recursive: true });
  const number = readdirSync(folder).length;
  const name = `${String(nowMs).padStart(15, '0')}-${process.pid}-${String(number).padStart(4, '0')}.json`;
  writeDurably(join(folder, name), `${JSON.stringify(request)}\n`);
}

/** Every request that waits, oldest first; they are gone then. What is no request is thrown away. */
export function takeRequests(project: { readonly folder: string }, sweep: string): SweepRequest[] {
  const folder = inbox(project, sweep);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.toSorted().flatMap((name) => {
    const path = join(folder, name);
    const request = parsed(readFileSync(path, 'utf8').slice(0, LARGEST_BYTES));
    rmSync(path, { force: true });
    return request === null ? [] : [request];
  });
}

function parsed(text: string): SweepRequest | null {
  try {
    const { success, data } = SweepRequest.safeParse(JSON.parse(text));
    return success ? data : null;
  } catch {
    return null; // not written by us
  }
}
