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
import { commandOptions } from '../../command-options.ts';
import { hasTorch, PYTHON } from '../contender.ts';
import { table } from '../statistics.ts';
import { forms, networks, operations, placements, preflight, type Section, type Setting, soak } from './sections.ts';

const SECTIONS: Readonly<Record<string, (setting: Setting) => Promise<Section>>> = {
  placements,
  forms,
  operations,
  networks,
  soak,
};

const values = commandOptions({
  device: { type: 'string', default: 'cuda:0' },
  out: { type: 'string', default: 'bench-gpu' },
  python: { type: 'string', default: hasTorch('python3') ? 'python3' : PYTHON },
  only: { type: 'string', default: Object.keys(SECTIONS).join(',') },
  tiny: { type: 'boolean', default: false },
  limitMinutes: { type: 'string', default: '20' },
});

const device = parseDevice(values.device);
const setting: Setting = {
  device,
  isTiny: values.tiny,
  python: values.python,
  limitMs: Number(values.limitMinutes) * 60_000,
};
const asked = values.only.split(',');
const unknown = asked.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  process.stderr.write(`bench:gpu: no section ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}\n`);
  process.exit(2);
}
mkdirSync(values.out, { recursive: true });
process.stderr.write('preflight …\n');
const report = await examineDevice(device);
const sections: Section[] = [preflight(report)];
write();
for (const name of report.works ? asked : []) {
  process.stderr.write(`${name} …\n`);
  sections.push(await SECTIONS[name]!(setting));
  write();
}
process.stdout.write(`${markdown()}\n`);
if (!report.works) {
  const missing = report.findings.filter(({ ok }) => !ok).map(({ name }) => name);
  process.stderr.write(
    `bench:gpu: ${device} cannot be used, nothing was measured; not as it should be: ${missing.join(', ')}\n`,
  );
  process.exitCode = 1;
}

/** After every section, so that a machine that is taken away leaves what was measured. */
function write(): void {
  writeFileSync(join(values.out, 'gpu.md'), `${markdown()}\n`);
  writeFileSync(join(values.out, 'gpu.json'), `${JSON.stringify({ machine: machine(device), sections }, null, 2)}\n`);
}

function markdown(): string {
  const skipped = Object.keys(SECTIONS).filter((name) => !asked.includes(name));
  const parts = sections.map(({ title, header, rows, notes }) =>
    [`## ${title}`, ...(rows.length > 0 ? [table(header, rows)] : []), ...notes.map((note) => `- ${note}`)].join(
      '\n\n',
    ),
  );
  const head = [`# Training on ${device}`, ...machine(device).map((line) => `- ${line}`)];
  if (values.tiny) head.push('- tiny sizes: this shows that everything runs, its times mean nothing');
  if (report.works && skipped.length > 0) head.push(`- not asked for: ${skipped.join(', ')}`);
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
