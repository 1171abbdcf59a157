/** What the pages about projects ask, asked of the engine. */

import type { ProjectActions } from '../../projects/views/project-actions.ts';
import type { LiveEngine } from './live-engine.ts';

export function projectActionsOf(live: LiveEngine): ProjectActions {
  return {
    home: () => live.ask((client) => client.projects.home()),
    folders: (folder) => live.ask((client) => client.projects.folders({ folder })),
    open: (folder) => live.ask((client) => client.projects.open({ folder })),
    close: () => live.ask((client) => client.projects.close()),
    create: (project) => live.ask((client) => client.projects.create(project)),
    forget: (folder) => live.ask((client) => client.projects.forget({ folder })),
    restore: (folder) => live.ask((client) => client.projects.restore({ folder })),
    rename: (name) => live.ask((client) => client.projects.rename({ name })),
    duplicate: (parent, name) => live.ask((client) => client.projects.duplicate({ parent, name })),
    verify: (signal) => live.ask((client) => client.projects.verify(undefined, { signal })),
    repair: (request) => live.ask((client) => client.projects.repair(request)),
    compact: () => live.ask((client) => client.projects.compact()),
  };
}
