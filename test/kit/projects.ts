/** An empty project in a throw-away folder, open for writing and closed after the test. */

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../main/clock.ts';
import { createProject, type WriteProject } from '../../main/store/project.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import { FakeClock } from './clock.ts';
import { tempFolder } from './folders.ts';

export function newProject(
  folder: string = join(tempFolder(), 'project'),
  task: Task = 'image-classification',
  clock: Clock = new FakeClock(),
): WriteProject {
  const project = createProject(folder, {
    clock,
    owner: 'lightbench test',
    task,
  });
  onTestFinished(project.close);
  return project;
}
