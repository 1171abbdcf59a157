/** Where this user's Lightbench keeps what outlives a process, and what lies where in it. */

import { homedir } from 'node:os';
import { join } from 'node:path';

/** `LIGHTBENCH_HOME`, else a hidden folder beside the user's own. */
export const userHome = (): string => process.env['LIGHTBENCH_HOME'] ?? join(homedir(), '.lightbench');

/** Weights that all projects share. */
export const weightsFolder = (home: string): string => join(home, 'weights');

/** What can be made again: small pictures in a file, tiles and frames in folders of their own. */
export const cacheFolder = (home: string): string => join(home, 'cache');
export const tilesFolder = (home: string): string => join(cacheFolder(home), 'tiles');
export const framesFolder = (home: string): string => join(cacheFolder(home), 'frames');
