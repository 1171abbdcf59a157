/** The projects this user opened last, in a file of their own. A file that cannot be read is begun anew. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RecentProject } from '../../preload/contract/projects.ts';
import { writeDurably } from '../durable-file.ts';

const Stored = RecentProject.omit({ is_there: true });
const StoredList = z.array(Stored);

const MOST = 30;

export class RecentProjects {
  private readonly path: string;

  /** `home` is where this user's Lightbench keeps what outlives a process. */
  constructor(home: string) {
    this.path = join(home, 'recent-projects.json');
  }

  /** The one opened last comes first. */
  list(): RecentProject[] {
    return this.read().map((entry) => ({ ...entry, is_there: existsSync(join(entry.folder, 'project.sqlite')) }));
  }

  /** Errors: disk-full, folder-unwritable. */
  remember(entry: z.infer<typeof Stored>): void {
    this.write([entry, ...this.read().filter(({ folder }) => folder !== entry.folder)].slice(0, MOST));
  }

  /** Leaves the project itself alone. Errors: disk-full, folder-unwritable. */
  forget(folder: string): void {
    this.write(this.read().filter((entry) => entry.folder !== folder));
  }

  private read(): z.infer<typeof StoredList> {
    try {
      return StoredList.parse(JSON.parse(readFileSync(this.path, 'utf8')));
    } catch {
      return []; // none yet, or damaged: a list of what was opened is soon made again
    }
  }

  private write(list: z.infer<typeof StoredList>): void {
    writeDurably(this.path, `${JSON.stringify(list, null, 1)}\n`);
  }
}
