/** `lightbench create`. */

import { AppError } from '../../preload/contract/errors.ts';
import { Task } from '../../preload/contract/tasks.ts';
import { createProject } from '../store/project.ts';
import type { CliContext } from './context.ts';

export function createCommand(
  { clock, output }: CliContext,
  folder: string,
  options: { task: string; name?: string },
): void {
  const task = Task.safeParse(options.task);
  if (!task.success) {
    throw new AppError('bad-argument', `--task must be one of ${Task.options.join(', ')}, got "${options.task}"`);
  }
  const name = options.name === undefined ? {} : { name: options.name };
  const project = createProject(folder, { task: task.data, ...name, clock, owner: 'lightbench create' });
  const made = { folder: project.folder, ...project.info };
  project.close();
  output.result(made, `created project ${made.name} for ${made.task} in ${made.folder}`);
}
