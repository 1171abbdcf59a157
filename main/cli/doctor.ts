/** `lightbench doctor`: whether this machine can do the work, each part tried rather than assumed. */

import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { freemem } from 'node:os';
import { dirname } from 'node:path';
import { type Device, parseDevice } from '../devices/device.ts';
import { type DeviceReport, examineDevice } from '../devices/doctor.ts';
import type { Finding } from '../devices/finding.ts';
import type { CliContext } from './context.ts';
import { table } from './format.ts';
import { EXIT } from './output.ts';

interface Check extends Finding {
  /** The machine cannot train without it; what is not required is told and fails nothing. */
  readonly required: boolean;
}

interface DoctorOptions {
  readonly device?: string;
}

const OLDEST_NODE = 24;
const FEW_BYTES = 2 * 2 ** 30;

const DEVICES: readonly Device[] = ['cpu', 'cuda:0', 'webgpu'];

/** Returns the exit status: a failure when a required check failed, the CPU's or the given device's among them. */
export async function doctorCommand({ output, library, threads }: CliContext, options: DoctorOptions): Promise<number> {
  const wanted = parseDevice(options.device ?? 'cpu');
  const machine = [nodeVersion(), ...packages(), memory(), diskSpace(library)].map(required);
  const reports: DeviceReport[] = [];
  for (const device of new Set([...DEVICES, wanted])) reports.push(await examineDevice(device));
  const checks = [...machine, ...reports.flatMap((report) => checksOf(report, wanted))];
  const devices = reports.map(({ device, works }) => ({ device, works, threads: device === 'cpu' ? threads : null }));
  output.result({ checks, devices }, asText(checks, reports));
  return checks.every(({ ok, required: isRequired }) => ok || !isRequired) ? EXIT.done : EXIT.failure;
}

const required = (finding: Finding): Check => ({ ...finding, required: true });

function checksOf({ device, findings }: DeviceReport, wanted: Device): Check[] {
  return findings.map((finding) => ({ ...finding, required: device === wanted || device === 'cpu' }));
}

const LINE_WIDTH = 100;

function asText(checks: readonly Check[], reports: readonly DeviceReport[]): string {
  const rows = checks.flatMap(({ name, ok, found, required: isRequired }) => {
    const [first, ...more] = found.split('\n').flatMap((line) => wrapped(line, LINE_WIDTH));
    return [[name, ok ? 'ok' : isRequired ? 'FAIL' : 'no', first ?? ''], ...more.map((line) => ['', '', line])];
  });
  const usable = reports.filter(({ works }) => works).map(({ device }) => device);
  return `${table(['check', 'state', 'found'], rows)}\n\ndevices that can train: ${usable.join(', ') || 'none'}`;
}

/** Lines broken between words; a word longer than a line stays whole. */
function wrapped(text: string, width: number): string[] {
  return text.split(' ').reduce((lines: string[], word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
    return lines;
  }, []);
}

function nodeVersion(): Finding {
  const { node } = process.versions;
  const ok = Number(node.split('.')[0]) >= OLDEST_NODE;
  return { name: 'node', ok, found: ok ? node : `${node}; Lightbench needs Node ${OLDEST_NODE} or newer` };
}

/** Native packages must be there for this platform; a wrong or partial installation shows here. */
function packages(): Finding[] {
  const require = createRequire(import.meta.url);
  return ['better-sqlite3', 'sharp', 'onnxruntime-node'].map((name) => {
    try {
      require(name);
      const description = findPackageJSON(name, import.meta.url);
      const { version } = JSON.parse(readFileSync(description!, 'utf8')) as { version: string };
      return { name, ok: true, found: version };
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      return { name, ok: false, found: `${reason}; run "npm ci" on this machine` };
    }
  });
}

function memory(): Finding {
  const free = freemem();
  return { name: 'free memory', ok: free >= FEW_BYTES, found: gigabytes(free) };
}

function diskSpace(library: string): Finding {
  mkdirSync(dirname(library), { recursive: true });
  const { bavail, bsize } = statfsSync(dirname(library));
  const free = bavail * bsize;
  return { name: 'free disk', ok: free >= FEW_BYTES, found: `${gigabytes(free)} at ${dirname(library)}` };
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
