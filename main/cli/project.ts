/** `lightbench create`. */

import { Task } from '../../preload/contract/tasks.ts';
import { createProject } from '../store/project.ts';
import type { CliContext } from './context.ts';
import { oneOf } from './one-of.ts';

export function createCommand(
  { clock, output }: CliContext,
  folder: string,
  options: { task: string; name?: string },
): void {
  const task = oneOf('--task', options.task, Task.options);
  const name = options.name === undefined ? {} : { name: options.name };
  const project = createProject(folder, { task, ...name, clock, owner: 'lightbench create' });
  const made = { folder: project.folder, ...project.info };
  project.close();
  output.result(made, `created project ${made.name} for ${made.task} in ${made.folder}`);
}
