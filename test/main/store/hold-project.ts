/** A process that opens a project for writing, starts a run, says so, and then does nothing until it is killed. */

import { systemClock } from '../../../main/clock.ts';
import { openProject } from '../../../main/store/project.ts';
import { createRun, startRun } from '../../../main/store/runs.ts';
import { newRun } from '../../kit/runs.ts';

const project = openProject(process.argv[2]!, { access: 'write', clock: systemClock, owner: 'lightbench train' });
startRun(project.db, createRun(project.db, newRun()), systemClock.nowMs());
process.send!('holding');
setInterval(() => {}, 1 << 30);
