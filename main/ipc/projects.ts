/** Handlers of the calls about projects. */

import type { Engine } from './engine.ts';
import { type LogBug, toldTo } from './replies.ts';
import type { Handled } from './router.ts';

/** `os` is the part of the contract that the handlers are for. */
export function projectsHandlers(os: Handled['projects'], { projects }: Engine, logBug: LogBug) {
  /** Done, with nothing to say. */
  const done = async (work: void | Promise<void>): Promise<null> => {
    await work;
    return null;
  };
  return {
    home: os.home.handler(() => projects.home()),
    folders: os.folders.handler(({ input }) => projects.folders(input.folder)),
    open: os.open.handler(({ input }) => done(projects.open(input.folder))),
    close: os.close.handler(() => done(projects.close())),
    create: os.create.handler(({ input }) => done(projects.create(input))),
    forget: os.forget.handler(({ input }) => done(projects.forget(input.folder))),
    restore: os.restore.handler(({ input }) => done(projects.restore(input.folder))),
    rename: os.rename.handler(({ input }) => done(projects.rename(input.name))),
    duplicate: os.duplicate.handler(({ input, signal }) =>
      toldTo(projects.duplicate(input.parent, input.name, signal), logBug),
    ),
    verify: os.verify.handler(({ signal }) => toldTo(projects.verify(signal), logBug)),
    repair: os.repair.handler(({ input }) => projects.repair(input)),
    compact: os.compact.handler(() => projects.compact()),
  };
}
