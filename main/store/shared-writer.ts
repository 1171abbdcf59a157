/**
 * The one writer of a project within a process, shared by whoever needs it at the moment: runs that train, edits from a
 * window. The project's lock is held only while somebody does, so that the command line gets its turn.
 */

import { openProject, type WriteProject, type WriterIdentity } from './project.ts';

export class SharedWriter {
  private readonly folder: string;
  private readonly identity: WriterIdentity;
  private project: WriteProject | null = null;
  private users = 0;

  constructor(folder: string, identity: WriterIdentity) {
    this.folder = folder;
    this.identity = identity;
  }

  /**
   * Has `work` done by the writer, who is not closed before it is over.
   * Errors: as `openProject`; and those of the work.
   */
  async use<T>(work: (project: WriteProject) => T | Promise<T>): Promise<T> {
    this.project ??= openProject(this.folder, { ...this.identity, access: 'write' });
    this.users++;
    try {
      return await work(this.project);
    } finally {
      this.users--;
      if (this.users === 0) this.close();
    }
  }

  private close(): void {
    this.project?.close();
    this.project = null;
  }
}
