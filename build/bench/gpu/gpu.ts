/**
 * `npm run bench:gpu [-- --device cuda:0 --out FOLDER --python PYTHON --only a,b --tiny]`: everything there is to know
 * of a card, in one command: what it stands on, where operations are placed, single steps against Loops, forms of the
 * weight gradient, precision, whole networks against torch, memory. Writes `gpu.md` and `gpu.json`; what could not be
 * run is said there. A device that does not pass the preflight is refused: its table is all there is, and the exit code is 1.
 * `--device cpu --tiny` shows on any machine that it runs.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type Device, familyOf, parseDevice } from '../../../main/devices/device.ts';
import { examineDevice } from '../../../main/devices/doctor.ts';
import { runtimePackage } from '../../../main/devices/provider-files.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import { commandOptions } from '../../command-options.ts';
import { hasTorch, PYTHON } from '../contender.ts';
import { table } from '../statistics.ts';
import {
  forms,
  networks,
  operations,
  placements,
  preflight,
  products,
  type Section,
  type Setting,
  soak,
} from './sections.ts';

const SECTIONS: Readonly<Record<string, (setting: Setting) => Promise<Section>>> = {
  placements,
  forms,
  operations,
  products,
  networks,
  soak,
};

const MOST_MINUTES = 24 * 60; // of one program

const values = commandOptions({
  device: { type: 'string', default: 'cuda:0' },
  out: { type: 'string', default: 'bench-gpu' },
  python: { type: 'string', default: hasTorch('python3') ? 'python3' : PYTHON },
  only: { type: 'string', default: Object.keys(SECTIONS).join(',') },
  tiny: { type: 'boolean', default: false },
  limitMinutes: { type: 'string', default: '20' },
});

const asked = values.only.split(',');
const sections: Section[] = [];

try {
  await main();
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`bench:gpu: ${error.message}\n`);
  process.exitCode = error.code === 'bad-argument' ? 2 : 1;
}

async function main(): Promise<void> {
  const setting = settingOf();
  const { device } = setting;
  makeFolder(values.out);
  process.stderr.write('preflight …\n');
  const report = await examineDevice(device);
  sections.push(preflight(report));
  write(device);
  for (const name of report.works ? asked : []) {
    process.stderr.write(`${name} …\n`);
    sections.push(await SECTIONS[name]!(setting));
    write(device);
  }
  process.stdout.write(`${markdown(device, report.works)}\n`);
  if (report.works) return;
  const missing = report.findings.filter(({ ok }) => !ok).map(({ name }) => name);
  const message = `${device} cannot be used, nothing was measured; not as it should be: ${missing.join(', ')}`;
  throw new AppError('device-unavailable', message);
}

/** Errors: bad-argument. */
function settingOf(): Setting {
  const refuse = (message: string) => new AppError('bad-argument', message);
  const unknown = asked.filter((name) => !(name in SECTIONS));
  if (unknown.length > 0) {
    throw refuse(`--only takes ${Object.keys(SECTIONS).join(', ')}; got "${unknown.join(',')}"`);
  }
  const minutes = Number(values.limitMinutes);
  if (!(minutes > 0 && minutes <= MOST_MINUTES)) {
    throw refuse(`--limitMinutes takes a number up to ${MOST_MINUTES}; got "${values.limitMinutes}"`);
  }
  const device = parseDevice(values.device);
  return { device, isTiny: values.tiny, python: values.python, limitMs: minutes * 60_000 };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new AppError('folder-unwritable', `--out: ${(error as Error).message}`, { folder }, { cause: error });
  }
}

/** After every section, so that a machine that is taken away leaves what was measured. */
function write(device: Device): void {
  writeFileSync(join(values.out, 'gpu.md'), `${markdown(device)}\n`);
  writeFileSync(join(values.out, 'gpu.json'), `${JSON.stringify({ machine: machine(device), sections }, null, 2)}\n`);
}

function markdown(device: Device, works = true): string {
  const skipped = Object.keys(SECTIONS).filter((name) => !asked.includes(name));
  const parts = sections.map(({ title, header, rows, notes }) =>
    [`## ${title}`, ...(rows.length > 0 ? [table(header, rows)] : []), ...notes.map((note) => `- ${note}`)].join(
      '\n\n',
    ),
  );
  const head = [`# Training on ${device}`, ...machine(device).map((line) => `- ${line}`)];
  if (values.tiny) head.push('- tiny sizes: this shows that everything runs, its times mean nothing');
  if (works && skipped.length > 0) head.push(`- not asked for: ${skipped.join(', ')}`);
  return [head.join('\n'), ...parts].join('\n\n');
}

function machine(on: Device): string[] {
  const processor = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} threads`;
  const lines = [processor, `onnxruntime-node ${runtimePackage().version}, Node ${process.versions.node}`];
  return familyOf(on) === 'cuda' ? [...lines, cardName()] : lines;
}

function cardName(): string {
  try {
    const query = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'];
    return execFileSync('nvidia-smi', query, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'the card is unknown: nvidia-smi does not answer';
  }
}
