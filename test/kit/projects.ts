/** An empty project in a throw-away folder, open for writing and closed after the test. */

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createProject, type WriteProject } from '../../main/store/project.ts';
import { FakeClock } from './clock.ts';
import { tempFolder } from './folders.ts';

export function newProject(folder: string = join(tempFolder(), 'project')): WriteProject {
  const project = createProject(folder, {
    clock: new FakeClock(),
    owner: 'lightbench test',
    task: 'image-classification',
  });
  onTestFinished(project.close);
  return project;
}
