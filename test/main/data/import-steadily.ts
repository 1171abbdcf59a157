/**
 * A process that imports a folder into a project, says how many images are in once a first batch is, and stops dead in
 * the middle of the second one, to be killed there.
 */

import { systemClock } from '../../../main/clock.ts';
import { importDataset } from '../../../main/data/import.ts';
import { openProject } from '../../../main/store/project.ts';

const [folder, source] = process.argv.slice(2) as [string, string];
const project = openProject(folder, { access: 'write', clock: systemClock, owner: 'lightbench import' });
await importDataset(project, source, {
  onProgress: ({ added, read }) => {
    if (read === 100) process.send!(added, () => process.kill(process.pid, 'SIGSTOP'));
  },
});
