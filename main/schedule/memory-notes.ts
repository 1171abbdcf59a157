/**
 * What trials were measured to need of memory, kept in `sweeps/memory.json` of the project: neither a sweep that is gone on
 * with nor the next one measures again. It depends on the images, so it is the project's, and on the machine and the
 * program, so notes of others count for nothing. A file that cannot be read is as none.
 */

import { readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { writeDurably } from '../durable-file.ts';

const LARGEST_BYTES = 4_000_000;

interface Noted {
  readonly machine: string;
  readonly bytes: Readonly<Record<string, number>>;
}

export class MemoryNotes {
  private readonly path: string;
  private readonly machine: string;

  constructor(project: { readonly folder: string }, machine: string = thisMachine()) {
    this.path = join(project.folder, 'sweeps', 'memory.json');
    this.machine = machine;
  }

  /** Null where it was not measured. */
  get(key: string): number | null {
    const bytes = this.read()[key];
    return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
  }

  /** Errors: disk-full, folder-unwritable. */
  set(key: string, bytes: number): void {
    const noted: Noted = { machine: this.machine, bytes: { ...this.read(), [key]: bytes } };
    writeDurably(this.path, `${JSON.stringify(noted, null, 2)}\n`);
  }

  private read(): Noted['bytes'] {
    const size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0 || size > LARGEST_BYTES) return {};
    try {
      const { machine, bytes } = JSON.parse(readFileSync(this.path, 'utf8')) as Partial<Noted>;
      return machine === this.machine && typeof bytes === 'object' && bytes !== null ? bytes : {};
    } catch {
      return {}; // damaged: what is in it is measured again, and the file replaced
    }
  }
}

const thisMachine = (): string =>
  `lightbench ${packageJson.version}, ${process.platform}-${process.arch}, ${cpus()[0]?.model ?? 'unknown processor'}`;
