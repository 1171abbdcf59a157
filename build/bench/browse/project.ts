/** A project of any number of small images, made without an import: real files, real rows. */

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { systemClock } from '../../../main/clock.ts';
import { addTag } from '../../../main/store/image-edits.ts';
import { addImage } from '../../../main/store/images.ts';
import { setLabels } from '../../../main/store/labels.ts';
import { createProject } from '../../../main/store/project.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';

const SIZE = { width: 40, height: 30 };
const CLASSES = Array.from({ length: 20 }, (_, i) => `class ${String(i).padStart(2, '0')}`);
const TAGGED_SHARE = 0.1;
const UNLABELLED_SHARE = 0.05;
const FILES_A_FOLDER = 1000;

/** Makes the project in a folder that is not there yet. */
export function makeProject(folder: string, count: number): void {
  const project = createProject(folder, { task: 'image-classification', clock: systemClock, owner: 'bench' });
  const rng = rngFrom(1, 'browse');
  const { db } = project;
  const tagged: number[] = [];
  db.transaction(() => {
    for (let i = 0; i < count; i++) {
      const part = rng.uniform();
      const path = `images/${Math.floor(i / FILES_A_FOLDER)}/${i}.png`;
      const bytes = png(i);
      mkdirSync(join(folder, 'images', String(Math.floor(i / FILES_A_FOLDER))), { recursive: true });
      writeFileSync(join(folder, path), bytes);
      const id = addImage(db, {
        ...{ path, storage: 'copied', source_url: `batch ${i % 97}/photo-${i}.png`, format: 'png', created_at_ms: i },
        sha256: createHash('sha256').update(bytes).digest('hex'),
        size_bytes: bytes.length,
        width_px: SIZE.width,
        height_px: SIZE.height,
        split: part < 0.7 ? 'train' : part < 0.85 ? 'validation' : 'test',
      });
      if (rng.uniform() > UNLABELLED_SHARE) setLabels(db, id, [CLASSES[Math.floor(rng.uniform() * CLASSES.length)]!]);
      if (rng.uniform() < TAGGED_SHARE) tagged.push(id);
    }
    addTag(db, tagged, 'look again');
  });
  project.close();
}

/** Two colours that no other image has, side by side. */
function png(seed: number): Buffer {
  const rng = rngFrom(seed, 'colours');
  const colours = [0, 1].map(() => [0, 1, 2].map(() => Math.floor(rng.uniform() * 256)));
  const row = Buffer.alloc(1 + 3 * SIZE.width);
  const edge = 5 + Math.floor(rng.uniform() * (SIZE.width - 10));
  for (let x = 0; x < SIZE.width; x++) row.set(colours[x < edge ? 0 : 1]!, 1 + 3 * x);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE.width, 0);
  header.writeUInt32BE(SIZE.height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
  // The seed makes files differ whose colours happen to agree.
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(`Comment\0${seed}`)),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: SIZE.height }, () => row)), { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
