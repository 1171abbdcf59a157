/** Where the parts of the app lie: beside it in a package, else where `build/start.ts` says in the environment. */

import { join } from 'node:path';

export interface Places {
  /** The folder of the built window. */
  readonly renderer: string;
  /** The Node program that runs the engine. */
  readonly node: string;
  /** The file it runs. */
  readonly entry: string;
}

/** The folder of a package that has all of them; `build/package/layout.ts` fills it. */
export const ENGINE_FOLDER = 'engine';

/**
 * A package believes nobody: what the environment says is for a checkout alone.
 * Errors: Error, in words for people, when a place is not said.
 */
export function placesOf(
  env: NodeJS.ProcessEnv,
  { isPackaged, resources, platform }: { isPackaged: boolean; resources: string; platform: NodeJS.Platform },
): Places {
  if (!isPackaged) {
    return {
      renderer: required(env, 'LIGHTBENCH_RENDERER'),
      node: required(env, 'LIGHTBENCH_NODE'),
      entry: required(env, 'LIGHTBENCH_ENGINE'),
    };
  }
  const engine = join(resources, ENGINE_FOLDER);
  return {
    renderer: join(engine, 'dist', 'renderer'),
    node: join(engine, platform === 'win32' ? 'node.exe' : 'node'),
    entry: join(engine, 'main', 'serve', 'entry.ts'),
  };
}

/** Errors: Error for a variable that is not set. */
export function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set; start Lightbench with npm start`);
  return value;
}
