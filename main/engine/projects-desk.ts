/** The projects of this machine: which is open, which were, and what is done to them. */

import { join } from 'node:path';
import type {
  CompactReport,
  CopyEvent,
  FolderListing,
  NewProject,
  ProjectsHome,
  RepairReport,
  RepairRequest,
  VerifyEvent,
} from '../../preload/contract/projects.ts';
import type { Clock } from '../clock.ts';
import type { ProjectsDesk } from '../ipc/engine.ts';
import type { AllowedFolders } from '../projects/allowed-folders.ts';
import { duplicateProject } from '../projects/duplicate.ts';
import { folderName } from '../projects/folder-name.ts';
import { listFolders } from '../projects/list-folders.ts';
import type { RecentProjects } from '../projects/recent.ts';
import { compactProject, repairProject, verifyProject } from '../projects/verify.ts';
import { renameProject, restoreSnapshot } from '../store/health.ts';
import { createProject } from '../store/project.ts';
import type { ProjectSession } from './project-session.ts';

export interface ProjectsParts {
  readonly clock: Clock;
  readonly allowed: AllowedFolders;
  readonly recent: RecentProjects;
  /** Puts a project, or none, in the place of the open one. */
  readonly show: (folder: string | null) => void;
  /** Errors: no-project. */
  readonly session: () => ProjectSession;
}

const OWNER = 'the Lightbench window';

export class MachineProjects implements ProjectsDesk {
  private readonly parts: ProjectsParts;

  constructor(parts: ProjectsParts) {
    this.parts = parts;
  }

  home(): ProjectsHome {
    const { allowed, recent } = this.parts;
    return {
      recent: recent.list().filter(({ folder }) => allowed.includes(folder)),
      roots: allowed.roots === null ? null : [...allowed.roots],
    };
  }

  folders(folder: string | null): FolderListing {
    return listFolders(this.parts.allowed, folder);
  }

  open(folder: string): void {
    this.parts.show(this.parts.allowed.check(folder));
  }

  close(): void {
    this.parts.show(null);
  }

  create({ parent, name, task }: NewProject): void {
    const { clock } = this.parts;
    const folder = this.parts.allowed.check(join(parent, folderName(name)));
    createProject(folder, { clock, owner: OWNER, task, name }).close();
    this.parts.show(folder);
  }

  forget(folder: string): void {
    this.parts.recent.forget(folder);
  }

  restore(folder: string): void {
    const { clock } = this.parts;
    restoreSnapshot(this.parts.allowed.check(folder), { clock, owner: OWNER });
    this.open(folder);
  }

  async rename(name: string): Promise<void> {
    const { writer, watch } = this.parts.session();
    await writer.use(({ db }) => renameProject(db, name));
    watch.look();
  }

  duplicate(parent: string, name: string, signal: AbortSignal | undefined): AsyncGenerator<CopyEvent> {
    const { clock } = this.parts;
    const target = this.parts.allowed.check(join(parent, folderName(name)));
    return duplicateProject(this.parts.session().project, target, name, clock, signal);
  }

  verify(signal: AbortSignal | undefined): AsyncGenerator<VerifyEvent> {
    return verifyProject(this.parts.session().project, signal);
  }

  async repair(request: RepairRequest): Promise<RepairReport> {
    const search = request.search === null ? null : this.parts.allowed.check(request.search);
    const { writer, watch } = this.parts.session();
    const report = await writer.use((project) => repairProject(project, { ...request, search }));
    watch.look();
    return report;
  }

  compact(): Promise<CompactReport> {
    return this.parts.session().writer.use(compactProject);
  }
}
