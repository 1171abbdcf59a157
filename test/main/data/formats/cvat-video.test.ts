import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importDataset } from '../../../../main/data/import.ts';
import { annotationsOf } from '../../../../main/store/annotations.ts';
import { imageById, labelledImageCount } from '../../../../main/store/images.ts';
import type { WriteProject } from '../../../../main/store/project.ts';
import { framesOf, sequenceName } from '../../../../main/store/sequences.ts';
import { zipOf } from '../../../kit/archives.ts';
import { writePhoto } from '../../../kit/data-sets.ts';
import { suiteFolder, tempFolder } from '../../../kit/folders.ts';
import { newProject } from '../../../kit/projects.ts';

const SIZE = { width: 60, height: 40 };
const pictures = suiteFolder();
for (let i = 0; i < 8; i++) await writePhoto(join(pictures, frameFile(i)), i, SIZE);

function frameFile(number: number): string {
  return `frame_${String(number).padStart(6, '0')}.png`;
}

/** A folder with a file of CVAT for video, and frames 0 to `frames` - 1. */
function video(tracks: string, { frames = 8, meta = '' } = {}): string {
  const folder = join(tempFolder(), 'street');
  mkdirSync(join(folder, 'images'), { recursive: true });
  for (let i = 0; i < frames; i++) cpSync(join(pictures, frameFile(i)), join(folder, 'images', frameFile(i)));
  writeFileSync(join(folder, 'annotations.xml'), `<annotations><version>1.1</version>${meta}${tracks}</annotations>`);
  return folder;
}

const box = (frame: number | string, x: number, more = '', inner = '') =>
  `<box frame="${frame}" xtl="${x}" ytl="2" xbr="${x + 10}" ybr="12" ${more}>${inner}</box>`;
const track = (...boxes: string[]) => `<track id="0" label="car">${boxes.join('')}</track>`;
const GONE = 'outside="1" keyframe="1"';
const BETWEEN = 'outside="0" keyframe="0"';

function told({ db }: WriteProject): string[] {
  return framesOf(db, 1).flatMap(({ imageId, number }) =>
    annotationsOf(db, imageId).map(({ xyxy, track: of, is_occluded }) =>
      [number, of?.role ?? 'alone', Math.round(xyxy[0] * 100) / 100, ...(is_occluded ? ['occluded'] : [])].join(' '),
    ),
  );
}

async function read(folder: string) {
  const project = newProject(undefined, 'image-object-detection');
  const report = await importDataset(project, folder, { workers: 1 });
  return { project, report, boxes: told(project) };
}

describe('a track', () => {
  test('of key frames alone is filled in between them', async () => {
    const { boxes, report } = await read(video(track(box(0, 0), box(4, 8), box(6, 12, GONE), box(7, 30))));

    expect(boxes).toEqual(['0 key 0', '1 between 2', '2 between 4', '3 between 6', '4 key 8', '5 end 10', '7 key 30']);
    expect(report.warnings.join()).toContain(
      '1 boxes do not lie between the key frames round them, and are key frames now',
    );
    expect(report.warnings.join()).toContain('no track shows 1 of its frames; they have no labels yet');
  });

  test('of a tracker, whose boxes lie where they lie, is kept box by box', async () => {
    const boxes = [box(0, 0), box(1, 5, BETWEEN), box(2, 6, BETWEEN), box(3, 7.01, BETWEEN), box(4, 8, BETWEEN)];

    const { boxes: kept, report } = await read(video(track(...boxes), { frames: 5 }));

    expect(kept).toEqual(['0 key 0', '1 key 5', '2 between 6', '3 between 7.01', '4 key 8']);
    expect(report.warnings.join()).toContain('2 boxes do not lie between');
  });

  test('that changes its flags between key frames keeps each of them', async () => {
    const hidden = `${BETWEEN} occluded="1"`;
    const { boxes } = await read(
      video(track(box(0, 0), box(1, 1, hidden), box(2, 2, hidden), box(3, 3, BETWEEN), box(4, 4))),
    );

    expect(boxes).toEqual(['0 key 0', '1 key 1 occluded', '2 between 2 occluded', '3 key 3', '4 key 4']);
  });

  test('of one frame is an object alone, one that begins and goes on is a track', async () => {
    const { boxes } = await read(video(track(box(2, 0), box(3, 0, GONE)) + track(box(7, 5)) + track(box(1, 9))));

    expect(boxes).toEqual(['1 key 9', '2 alone 0', '7 alone 5']);
  });

  test('says what cannot be kept of it, and what is wrong with it by line', async () => {
    const colour = '<attribute name="colour">red</attribute>';
    const polygon = '<polygon frame="3" points="1,1;9,1;9,9" outside="0" keyframe="1" group_id="4"/>';
    const tracks = `${track(box(0, 0, 'z_order="2"', colour), box(1, 1, '', colour), box(1, 2), box('x', 3))}\n${track(polygon)}`;

    const { boxes, report, project } = await read(video(tracks));

    expect(boxes).toEqual(['0 key 0', '1 key 1', '3 alone 1']);
    const said = [
      ...['2 values of the attribute "colour" are not kept', '1 places in an order of drawing (z_order) are not kept'],
      ...['1 memberships of groups are not kept', '1 objects of tracks are kept without them (polygon)'],
    ];
    for (const text of said) expect(report.warnings.join('\n')).toContain(text);
    expect(report.skipped.map(({ where, reason }) => `${where.split('annotations.xml')[1]} ${reason}`)).toEqual([
      ':1 box of a track: the track has an object on frame 1 already',
      `:1 box of a track: expected a frame's number from 0, got "x"`,
    ]);
    expect(imageById(project.db, 1)!.source_url).toBe('frame_000000');
  });

  test('on frames without a picture is told frame by frame, and ends where pictures end', async () => {
    const { boxes, report } = await read(video(track(box(0, 0), box(1, 1), box(2, 2), box(3, 3, GONE)), { frames: 2 }));

    expect(boxes).toEqual(['0 key 0', '1 end 1']);
    expect(report.skipped.map(({ code }) => code)).toEqual(['image-missing']);
  });
});

test('a sequence is named for its source, and has the size that the file says', async () => {
  const meta = `<meta><task><name>job 7</name><original_size><width>61</width><height>40</height></original_size></task>
    <source>street.mp4</source></meta>`;

  const { project, report } = await read(video(track(box(0, 0), box(1, 1)), { frames: 2, meta }));

  expect(sequenceName(project.db, 1)).toBe('street.mp4');
  expect(report.warnings.join()).toContain('the size given is 61 x 40, the image is 60 x 40');
});

describe('an import of tracks', () => {
  test('that is gone on with finds the tracks it has begun', async () => {
    const folder = video(track(box(0, 0), box(7, 7)));
    const late = join(folder, 'images', frameFile(7));
    rmSync(late);
    const project = newProject(undefined, 'image-object-detection');
    await importDataset(project, folder, { workers: 1 });
    cpSync(join(pictures, frameFile(7)), late);

    const report = await importDataset(project, folder, { workers: 1 });

    expect(report).toMatchObject({ added: 1, already_present: 7 });
    const ids = framesOf(project.db, 1).map(({ imageId }) => annotationsOf(project.db, imageId)[0]!.track!.id);
    expect(ids).toEqual(Array(8).fill(1));
  });

  test('from an archive is one sequence, however often it is read', async () => {
    const folder = video(track(box(0, 0), box(7, 7)));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('.'));
    const archive = join(tempFolder(), 'street.zip');
    writeFileSync(archive, zipOf(files.map((path) => ({ path, bytes: readFileSync(join(folder, path)) }))));
    const project = newProject(undefined, 'image-object-detection');
    await importDataset(project, archive, { workers: 1 });

    const report = await importDataset(project, archive, { workers: 1 });

    expect(report).toMatchObject({ added: 0, already_present: 8, skipped: [] });
    expect(project.db.prepare('SELECT count(*) AS n FROM sequences').get()).toEqual({ n: 1 });
  });

  test('labels frames that are there and that nobody has labelled, in the sequence they are of', async () => {
    const folder = video(track(box(0, 0), box(3, 6)));
    const project = newProject(undefined, 'image-object-detection');
    await importDataset(project, join(folder, 'images'), { format: 'sequence', workers: 1 });

    const report = await importDataset(project, folder, { workers: 1 });

    expect(report).toMatchObject({ added: 0, already_present: 8, skipped: [], objects: { added: 4 } });
    expect(told(project)).toEqual(['0 key 0', '1 between 2', '2 between 4', '3 key 6']);
    expect(sequenceName(project.db, 1)).toBe('images');
    expect(labelledImageCount(project.db)).toBe(4);
    expect(report.repaired[0]).toContain('which had no labels; it has now: 1 objects');
  });

  test('in a project of whole images takes their classes, and leaves frames without any unlabelled', async () => {
    const project = newProject(undefined, 'image-classification-multilabel');

    const report = await importDataset(project, video(track(box(0, 0), box(3, 6))), { workers: 1 });

    expect(report).toMatchObject({ added: 8, skipped: [], classes: { car: 4 }, without_class: 0 });
    expect(labelledImageCount(project.db)).toBe(4);
  });
});
