/** The one row that says what a project is. */

import type { Task } from '../../preload/contract/tasks.ts';
import type { ReadDb } from './db.ts';

export interface ProjectInfo {
  readonly name: string;
  readonly task: Task;
  readonly created_at_ms: number;
}

/** Name, task and age of the project. */
export function projectInfo(db: ReadDb): ProjectInfo {
  return db.prepare('SELECT name, task, created_at_ms FROM project').get() as ProjectInfo;
}
