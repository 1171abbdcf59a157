/** Builds the window (`dist/renderer`) and the desktop shell (`dist/desktop`); `npm run build` does both. */

import { writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { built } from './built.ts';
import { ROOT } from './source-files.ts';

/** Electron 25 is what smoke tests may find; it has Node 18 and Chrome 114, and takes CommonJS only. */
const RUNTIMES = { electron45: 'node24', electron25: 'node18' } as const;
export type Runtime = keyof typeof RUNTIMES;

/** The built window's folder. */
export function builtRenderer(): Promise<string> {
  return built({
    output: 'dist/renderer',
    inputs: ['renderer', 'preload/contract', 'package-lock.json', 'build/bundle.ts'],
    run: (folder) =>
      inProduction(async () => {
        await build({
          configFile: join(ROOT, 'renderer', 'vite.config.ts'),
          logLevel: 'warn',
          build: { outDir: folder },
        });
      }),
  });
}

/** Whoever starts the build, tests too, gets the React that people get: its plugin reads the environment alone. */
async function inProduction(work: () => Promise<void>): Promise<void> {
  const { NODE_ENV: before } = process.env;
  process.env['NODE_ENV'] = 'production';
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}

/** The built shell's folder, which is an Electron app: `package.json`, `main.cjs`, `preload.cjs`. */
export function builtDesktop(runtime: Runtime): Promise<string> {
  return built({
    output: `dist/desktop-${runtime}`,
    inputs: [
      'main/main.ts',
      'main/shell',
      'main/serve',
      'main/clock.ts',
      'main/durable-file.ts',
      'main/projects/recent.ts',
      'main/store/disk-errors.ts',
      'preload',
      'package.json',
      'package-lock.json',
      'build/bundle.ts',
    ],
    settings: runtime,
    run: async (folder) => {
      await bundleCommonJs(join(ROOT, 'main', 'main.ts'), folder, 'main', RUNTIMES[runtime]);
      await bundleCommonJs(join(ROOT, 'preload', 'preload.ts'), folder, 'preload', RUNTIMES[runtime]);
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'lightbench', main: 'main.cjs' }));
    },
  });
}

/** One file with everything in it but Electron and Node: a sandboxed preload script can load nothing else. */
async function bundleCommonJs(entry: string, folder: string, name: string, target: string): Promise<void> {
  const node = builtinModules.flatMap((module) => [module, `node:${module}`]);
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: folder,
      emptyOutDir: false,
      target,
      minify: false,
      ssr: entry,
      rolldownOptions: {
        // The two optional natives of `ws` are looked for at run time and not missed.
        external: ['electron', 'bufferutil', 'utf-8-validate', ...node],
        output: { format: 'cjs', entryFileNames: `${name}.cjs` },
      },
    },
    ssr: { noExternal: true },
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of [await builtRenderer(), await builtDesktop('electron45')]) console.log(folder);
}
