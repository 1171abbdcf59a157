/** Projects of this machine as a window opens, makes, copies and checks them. Paths are the engine's. */

import { z } from 'zod';
import { Task } from './tasks.ts';

const LONGEST_PATH = 4_000;
export const FolderPath = z.string().min(1).max(LONGEST_PATH);
export const ProjectName = z.string().trim().min(1).max(100);

export const RecentProject = z.object({
  folder: z.string(),
  name: z.string(),
  task: Task,
  opened_at_ms: z.number(),
  /** Whether there is a project in the folder now. */
  is_there: z.boolean(),
});
export type RecentProject = z.infer<typeof RecentProject>;

export const ProjectsHome = z.object({
  /** The one opened last comes first. */
  recent: z.array(RecentProject),
  /** Folders below which projects may be opened and made; null where any will do. */
  roots: z.array(z.string()).nullable(),
});
export type ProjectsHome = z.infer<typeof ProjectsHome>;

/** What is in a folder; hidden entries are left out, and of files all but archives and annotations. */
export const FolderListing = z.object({
  folder: z.string(),
  /** Null where one may not go up. */
  parent: z.string().nullable(),
  folders: z.array(z.object({ name: z.string(), path: z.string(), is_project: z.boolean() })),
  files: z.array(z.object({ name: z.string(), path: z.string() })),
});
export type FolderListing = z.infer<typeof FolderListing>;

export const NewProject = z.object({ parent: FolderPath, name: ProjectName, task: Task });
export type NewProject = z.infer<typeof NewProject>;

export const CopyEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.int().nonnegative(), total: z.int().nonnegative() }),
  z.object({ type: z.literal('done'), folder: z.string() }),
]);
export type CopyEvent = z.infer<typeof CopyEvent>;

const BadImage = z.object({ id: z.int(), name: z.string(), problem: z.string() });

/** Lists end after some hundred entries; the counts are of all. */
export const HealthReport = z.object({
  images: z.int().nonnegative(),
  missing_count: z.int().nonnegative(),
  changed_count: z.int().nonnegative(),
  missing: z.array(BadImage),
  changed: z.array(BadImage),
  /** Files in the project's folder of images that no image is. */
  strays: z.array(z.string()),
  /** What SQLite finds wrong with the database. */
  database: z.array(z.string()),
  /** Runs whose kept model is not in its place. */
  runs_without_model: z.array(z.string()),
  /** What is wrong with models from elsewhere, in words. */
  damaged_models: z.array(z.string()),
  /** Kept as the last good state, since nothing was wrong. */
  is_kept: z.boolean(),
});
export type HealthReport = z.infer<typeof HealthReport>;

export const VerifyEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.int().nonnegative(), total: z.int().nonnegative() }),
  z.object({ type: z.literal('done'), report: HealthReport }),
]);
export type VerifyEvent = z.infer<typeof VerifyEvent>;

export const RepairRequest = z.object({
  /** Where to look for missing images by their content; null for nowhere. */
  search: FolderPath.nullable(),
  /** Takes the images that are still missing out of the project. */
  forget_missing: z.boolean(),
});
export type RepairRequest = z.infer<typeof RepairRequest>;

export const RepairReport = z.object({ found: z.int().nonnegative(), forgotten: z.int().nonnegative() });
export type RepairReport = z.infer<typeof RepairReport>;
export const CompactReport = z.object({ before_bytes: z.int(), after_bytes: z.int(), removed_files: z.int() });
export type CompactReport = z.infer<typeof CompactReport>;
