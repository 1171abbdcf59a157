/** How long a large COCO file takes to come in, and how much memory: made pictures of a few pixels, all of them different. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { ROOT } from '../source-files.ts';
import { figure, table } from './statistics.ts';

export interface ImportRow {
  readonly name: string;
  readonly wall_s: number;
  /** Of the program and the children that look at images. */
  readonly cpu_s: number;
  /** Resident memory of all of them together, at its highest. */
  readonly peak_mb: number;
}

const [IMAGES, OBJECTS_PER_IMAGE, CLASSES] = [100_000, 10, 80];
const SIDE_PX = 16;
const IMAGES_PER_FOLDER = 5_000;
const LOOK_MS = 200;
const CLOCK_TICKS_PER_SECOND = 100; // what /proc counts in on Linux

/** Makes the data set, imports it as links, and removes both. */
export async function importBenchmark(): Promise<ImportRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-import-bench-'));
  try {
    const file = await writeSet(join(folder, 'set'));
    const project = join(folder, 'project');
    await run(['create', project, '--task', 'image-object-detection']);
    const started = performance.now();
    const { cpu_s, peak_mb } = await run(['import', project, file, '--link', '--json']);
    const name = `COCO, ${IMAGES} images, ${IMAGES * OBJECTS_PER_IMAGE} boxes`;
    return [{ name, wall_s: (performance.now() - started) / 1000, cpu_s, peak_mb }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function importTable(rows: readonly ImportRow[]): string {
  return table(
    ['import', 'wall s', 'CPU s', 'peak MB, children included'],
    rows.map(({ name, wall_s, cpu_s, peak_mb }) => [name, figure(wall_s, 1), figure(cpu_s, 1), figure(peak_mb)]),
  );
}

/** Annotations lie in another order than images, as they may. */
async function writeSet(folder: string): Promise<string> {
  const nameOf = (i: number) => `${Math.floor(i / IMAGES_PER_FOLDER)}/${String(i).padStart(9, '0')}.png`;
  for (let i = 0; i < IMAGES; i++) {
    const path = join(folder, 'images', nameOf(i));
    if (i % IMAGES_PER_FOLDER === 0) mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, picture(i));
  }
  const file = join(folder, 'instances.json');
  const out = createWriteStream(file);
  const write = async (text: string) => {
    if (!out.write(text)) await once(out, 'drain');
  };
  const list = async (count: number, entry: (i: number) => object) => {
    for (let i = 0; i < count; i++) await write(`${i === 0 ? '' : ','}${JSON.stringify(entry(i))}`);
  };
  await write('{"images":[');
  await list(IMAGES, (i) => ({ id: i, file_name: nameOf(i), width: SIDE_PX, height: SIDE_PX }));
  await write('],"annotations":[');
  await list(IMAGES * OBJECTS_PER_IMAGE, (i) => {
    const bbox = [(i % 7) + 0.25, (i % 5) + 0.5, 2.125 + (i % 3), 3.75];
    const image_id = (i * 7919) % IMAGES;
    return { id: i, image_id, category_id: i % CLASSES, bbox, area: bbox[2]! * bbox[3]!, segmentation: [], iscrowd: 0 };
  });
  const categories = Array.from({ length: CLASSES }, (_, id) => ({ id, name: `class ${id}` }));
  await write(`],"categories":${JSON.stringify(categories)}}`);
  out.end();
  await once(out, 'finish');
  return file;
}

/** A PNG whose first pixels spell its number. */
function picture(number: number): Buffer {
  const rows = Buffer.alloc(SIDE_PX * (3 * SIDE_PX + 1), 0x60);
  for (let y = 0; y < SIDE_PX; y++) rows[y * (3 * SIDE_PX + 1)] = 0;
  rows.writeUInt32BE(number, 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE_PX, 0);
  header.writeUInt32BE(SIDE_PX, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...chunks]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** The command line in a process of its own, watched with its children. */
async function run(args: readonly string[]): Promise<{ cpu_s: number; peak_mb: number }> {
  const child = spawn(process.execPath, [join(ROOT, 'main/cli.ts'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  let [peak, cpu] = [0, 0];
  const timer = setInterval(() => {
    const seen = familyOf(child.pid!);
    peak = Math.max(
      peak,
      seen.reduce((sum, { rss_mb }) => sum + rss_mb, 0),
    );
    cpu = Math.max(
      cpu,
      seen.reduce((sum, { cpu_s }) => sum + cpu_s, 0),
    );
  }, LOOK_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(timer);
  if (code !== 0) throw new Error(`lightbench ${args[0]} ended with ${code}: ${output.slice(-500)}`);
  return { cpu_s: cpu, peak_mb: peak };
}

/** A process and its children, as Linux tells of them. */
function familyOf(pid: number): { rss_mb: number; cpu_s: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (Number(name) !== pid && Number(fields[1]) !== pid) return [];
        const ticks = Number(fields[11]) + Number(fields[12]);
        const pages = Number(fields[21]);
        return [{ rss_mb: (pages * 4096) / 1e6, cpu_s: ticks / CLOCK_TICKS_PER_SECOND }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}
