/** What a window shows of the project that is open. Names are those of the JSON output of the command line. */

import { z } from 'zod';
import { Task } from './tasks.ts';

/** `count`: images that have it. `color`: in which every window shows it, as `#rrggbb`. */
export const ProjectClass = z.object({ name: z.string(), count: z.int().nonnegative(), color: z.string() });
export type ProjectClass = z.infer<typeof ProjectClass>;

/** Images by the part they were put in; `unassigned` ones are split by each run's own seed. */
export const SplitCounts = z.object({
  train: z.int().nonnegative(),
  validation: z.int().nonnegative(),
  test: z.int().nonnegative(),
  unassigned: z.int().nonnegative(),
});
export type SplitCounts = z.infer<typeof SplitCounts>;

export const ProjectOverview = z.object({
  name: z.string(),
  task: Task,
  folder: z.string(),
  image_count: z.int().nonnegative(),
  /** Images that nobody has labelled yet. */
  unlabelled: z.int().nonnegative(),
  /** Ascending by name, classes without images included. */
  classes: z.array(ProjectClass),
  /** Images that are labelled as belonging to none of the classes. */
  without_class: z.int().nonnegative(),
  splits: SplitCounts,
});
export type ProjectOverview = z.infer<typeof ProjectOverview>;
