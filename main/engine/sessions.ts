/** The project on show, and those that were left while their runs or imports go on: they end with the last of them. */

import { ProjectSession, type SessionListener, type SessionParts } from './project-session.ts';

export class Sessions {
  private readonly parts: SessionParts;
  private readonly listener: SessionListener;
  private readonly left = new Map<string, ProjectSession>();
  private current: ProjectSession | null = null;

  /** The listener is told of the project on show alone. */
  constructor(parts: SessionParts, listener: SessionListener) {
    this.parts = parts;
    this.listener = listener;
  }

  /** The one on show, and those that were left. */
  get all(): readonly ProjectSession[] {
    return [...(this.current === null ? [] : [this.current]), ...this.left.values()];
  }

  get shown(): ProjectSession | null {
    return this.current;
  }

  /** Errors: as `openProject`; then what was on show stays. */
  show(folder: string | null): void {
    if (folder !== null && this.current?.project.folder === folder) return;
    const next = folder === null ? null : (this.left.get(folder) ?? this.open(folder));
    if (next !== null) this.left.delete(next.project.folder);
    const before = this.current;
    this.current = next;
    if (before !== null) this.leave(before);
  }

  /** Ends every run, in order. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((session) => session.close()));
  }

  private open(folder: string): ProjectSession {
    const isShown = () => this.current === session;
    const session: ProjectSession = new ProjectSession(folder, this.parts, {
      onProject: (project) => isShown() && this.listener.onProject(project),
      onRun: (run) => isShown() && this.listener.onRun(run),
      onSweep: (id) => isShown() && this.listener.onSweep(id),
      onData: (state) => isShown() && this.listener.onData(state),
      onTransfer: (state) => isShown() && this.listener.onTransfer(state),
      onProgress: (run, progress) => isShown() && this.listener.onProgress(run, progress),
    });
    return session;
  }

  private leave(session: ProjectSession): void {
    session.watch.stop();
    if (session.isIdle) return void session.close();
    this.left.set(session.project.folder, session);
    void session.whenIdle().then(async () => {
      if (this.left.get(session.project.folder) !== session) return; // on show again
      this.left.delete(session.project.folder);
      await session.close();
    });
  }
}
