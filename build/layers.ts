/**
 * What may import what, as one allow-list: an import is legal when a line here has a `from` that covers the importing
 * file and a `to` that covers its target. Paths are from the repository root; packages are written `npm:name`, Node's
 * own modules `node:`. A folder covers everything below it. Files below one folder of the same line may always import
 * each other only where the folder itself is named as a target.
 */
export const ALLOWED: readonly (readonly [from: string, to: readonly string[]])[] = [
  // native-models: geometry < core < rules < passes, onnx; core < nn < losses, optim < detection < models < catalog, training
  ['native-models/geometry', ['native-models/geometry']],
  ['native-models/core', ['native-models/geometry', 'native-models/core']],
  ['native-models/rules', ['native-models/geometry', 'native-models/core', 'native-models/rules']],
  ['native-models/passes', ['native-models/core', 'native-models/rules', 'native-models/passes']],
  ['native-models/onnx', ['native-models/core', 'native-models/rules', 'native-models/onnx', 'npm:protobufjs']],
  ['native-models/nn', ['native-models/core', 'native-models/nn']],
  ['native-models/losses', ['native-models/core', 'native-models/nn', 'native-models/losses']],
  ['native-models/optim', ['native-models/core', 'native-models/nn', 'native-models/optim']],
  [
    'native-models/detection',
    [
      'native-models/geometry',
      'native-models/core',
      'native-models/nn',
      'native-models/losses',
      'native-models/detection',
    ],
  ],
  [
    'native-models/models',
    [
      'native-models/geometry',
      'native-models/core',
      'native-models/nn',
      'native-models/losses',
      'native-models/detection',
      'native-models/models',
    ],
  ],
  [
    'native-models/catalog.ts',
    [
      'native-models/core',
      'native-models/nn',
      'native-models/detection',
      'native-models/models',
      'native-models/catalog',
    ],
  ],
  [
    'native-models/catalog',
    [
      'native-models/core',
      'native-models/nn',
      'native-models/detection',
      'native-models/models',
      'native-models/catalog',
    ],
  ],
  ['native-models/weights', ['native-models/core', 'native-models/weights']],
  ['native-models/training.ts', ['native-models']],
  ['native-models/training', ['native-models']],
  ['native-models/explain', ['native-models']],

  // the contract: schemas, calls, events, error codes
  ['preload/contract', ['preload/contract', 'npm:zod', 'npm:@orpc/contract']],
  ['preload', ['preload', 'npm:electron']],

  // the engine
  ['main', ['node:', 'main', 'preload/contract', 'native-models', 'package.json']],
  ['main/cli.ts', ['npm:commander']],
  ['main/cli', ['npm:commander']],
  ['main/main.ts', ['npm:electron']],
  ['main/shell', ['npm:electron', 'npm:ws']],
  ['main/ipc', ['npm:electron', 'npm:@orpc/server', 'npm:ws', 'npm:zod']],
  ['main/serve', ['npm:ws', 'npm:@orpc/server']],
  ['main/store', ['npm:better-sqlite3']],
  ['main/images', ['npm:sharp']],
  ['main/train', ['npm:onnxruntime-node']],
  ['main/data', ['npm:zod', 'npm:yaml', 'npm:saxes', 'npm:yauzl', 'npm:csv-parse']],
  ['main/weights', ['npm:zod']],
  ['main/projects', ['npm:zod']],
  ['main/bundle', ['npm:zod']],
  ['main/serve-bundle', ['npm:zod']],

  // the window
  ['renderer', ['preload/contract', 'native-models/geometry', 'native-models/catalog', 'native-models/catalog.ts']],
  ['renderer', ['npm:react', 'npm:react-dom', 'npm:@orpc/client', 'npm:@orpc/contract']],
  ['renderer/app', ['renderer']],
  ['renderer/ui', ['renderer/ui', 'npm:react-aria-components', 'npm:@tanstack/react-virtual', 'npm:echarts']],
  ['renderer/data', ['renderer/data', 'renderer/ui']],
  ['renderer/projects', ['renderer/projects', 'renderer/ui']],
  ['renderer/dash', ['renderer/dash', 'renderer/ui', 'npm:echarts']],
  ['renderer/label', ['renderer/label', 'renderer/ui', 'npm:konva', 'npm:react-konva']],
  ['renderer/transfer', ['renderer/transfer', 'renderer/ui']],
  ['renderer/models', ['renderer/models', 'renderer/ui']],
  ['renderer/sweeps', ['renderer/sweeps', 'renderer/ui']],

  // tools and tests may use anything; nothing imports them
  ['build', ['node:', 'npm:', 'build', 'main', 'preload', 'renderer', 'native-models', 'package.json']],
  ['test', ['node:', 'npm:', 'build', 'main', 'preload', 'renderer', 'native-models', 'test', 'package.json']],
  ['renderer/vite.config.ts', ['node:', 'npm:']],
];

/** Narrower than the folder around them: these may import only what is listed here, whatever the lines above allow. */
export const NARROW: readonly (readonly [from: string, to: readonly string[]])[] = [
  [
    'main/search',
    ['main/search', 'preload/contract', 'native-models/geometry', 'native-models/catalog', 'npm:yaml', 'npm:zod'],
  ],
  ['main/metrics', ['main/metrics', 'preload/contract', 'native-models/geometry']],
  [
    'main/images',
    [
      'node:',
      'npm:sharp',
      'main/images',
      'preload/contract/errors.ts',
      'native-models/core',
      'native-models/geometry',
      'native-models/detection/canvas.ts',
      'native-models/detection/tiles.ts',
      'native-models/detection/truth.ts',
    ],
  ],
  [
    'renderer/dash/derive',
    [
      'renderer/dash/derive',
      'renderer/ui/format.ts',
      'preload/contract',
      'native-models/geometry',
      'native-models/catalog',
      'native-models/catalog.ts',
    ],
  ],
  ['renderer/projects/derive', ['renderer/projects/derive', 'renderer/ui/format.ts', 'preload/contract']],
  ['renderer/transfer/derive', ['renderer/transfer/derive', 'renderer/ui/format.ts', 'preload/contract']],
  ['renderer/models/derive', ['renderer/models/derive', 'preload/contract']],
  ['renderer/data/derive', ['renderer/data/derive', 'renderer/ui/format.ts', 'preload/contract']],
  [
    'renderer/label/doc',
    ['renderer/label/doc', 'preload/contract', 'native-models/geometry', 'npm:flatbush', 'npm:polygon-clipping'],
  ],
  [
    'renderer/label/pixels',
    ['renderer/label/pixels', 'renderer/label/doc', 'preload/contract/errors.ts', 'native-models/geometry'],
  ],
  [
    'renderer/label/tools',
    [
      'renderer/label/tools',
      'renderer/label/doc',
      'renderer/label/pixels/request.ts',
      'preload/contract',
      'native-models/geometry',
    ],
  ],
];

/** Debt: exceptions with their reason. The number of lines here may only fall. */
export const DEBT: readonly (readonly [from: string, to: string, reason: string])[] = [];
