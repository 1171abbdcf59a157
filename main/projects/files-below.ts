import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of all files in a folder and those below it; links are none. Errors: those of the file system. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
