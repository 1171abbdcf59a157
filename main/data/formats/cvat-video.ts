/**
 * A file of CVAT for video: tracks first, and what they say of each frame once all were read. Frames are the pictures named
 * `frame_000010` below the file; those that no track shows come in without labels, for nobody says that they are empty.
 */

import { basename, extname } from 'node:path';
import type { SequenceSource } from '../../store/sequences.ts';
import { frameName, frameNumberOf } from '../frame-names.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject } from '../import-items.ts';
import type { Losses } from '../losses.ts';
import { Scattered } from '../scattered.ts';
import { splitNameOf, splitOfName, UNASSIGNED } from '../split-names.ts';
import { childOf, childText, type XmlElement } from '../xml.ts';
import { attempt, attemptEach } from './attempt.ts';
import { noteUnkept, sideOf, toObject } from './cvat-shapes.ts';
import { readTrack, type TrackShape } from './cvat-tracks.ts';

export interface CvatVideoParts {
  /** Every file of CVAT in the source, from its root. */
  readonly files: readonly string[];
  readonly scratch: string;
  readonly finder: ImageFinder;
  readonly losses: Losses;
}

/** A shape with the track it is of, as the project calls it. */
interface FrameShape extends Omit<TrackShape, 'frame'> {
  readonly track: string;
}

export class CvatVideo {
  private readonly path: string;
  private readonly file: string;
  private readonly parts: CvatVideoParts;
  /** Pictures by the number of their frame, from the root; looked for once there is a track. */
  private pictures: ReadonlyMap<number, string> = new Map();
  private numbers: readonly number[] = [];
  private readonly shapes: Scattered<FrameShape>;
  private name: string;
  private size: ImageItem['claimed'] = { width: null, height: null };
  private tracks = 0;

  /** `path`: from the source's root; `file`: the same, absolute. */
  constructor(path: string, file: string, parts: CvatVideoParts) {
    this.path = path;
    this.file = file;
    this.parts = parts;
    this.name = basename(path, extname(path));
    this.shapes = new Scattered(parts.scratch, `cvat-${path.replaceAll('/', '-')}.jsonl`);
  }

  /** Takes the sequence's name and the size of its frames from what the file says of itself. */
  describe(meta: XmlElement): void {
    const about = childOf(meta, 'task') ?? childOf(meta, 'job') ?? meta;
    const name = childText(meta, 'source') || childText(about, 'source') || childText(about, 'name');
    if (name) this.name = name;
    const size = childOf(meta, 'original_size') ?? childOf(about, 'original_size');
    if (size === null) return;
    const [width, height] = ['width', 'height'].map((side) => sideOf(childText(size, side) ?? undefined));
    this.size = { width: width!, height: height! };
  }

  *take(track: XmlElement): Generator<ImportItem, void, undefined> {
    if (this.tracks === 0) {
      this.pictures = framePictures(this.path, this.parts);
      this.numbers = [...this.pictures.keys()].sort((a, b) => a - b);
    }
    const name = `${this.file}#${this.tracks}`;
    this.tracks += 1;
    const { shapes, problems, promoted } = readTrack(track, this.numbers);
    for (const { frame, label, element, role } of shapes) this.shapes.add(frame, { label, element, role, track: name });
    for (const { line, reason } of problems) {
      yield { kind: 'problem', where: `${this.file}:${line}`, code: 'bad-annotation', reason };
    }
    this.parts.losses.note('boxes do not lie between the key frames round them, and are key frames now', promoted);
  }

  /** Every frame in order, those that no track shows as well. */
  async *frames(): AsyncGenerator<ImportItem, void, undefined> {
    if (this.tracks === 0) return;
    const shown = new Set([...this.shapes.keys()].map(Number));
    const all = [...new Set([...shown, ...this.numbers])].sort((a, b) => a - b);
    for (const number of all) {
      const where = `${this.file}: frame ${number}`;
      yield await attempt(where, () => this.frame(number, where, shown.has(number)));
    }
    const unlabelled = all.filter((number) => !shown.has(number)).length;
    if (unlabelled > 0) {
      yield {
        kind: 'warning',
        text: `${this.file}: no track shows ${unlabelled} of its frames; they have no labels yet`,
      };
    }
  }

  close(): void {
    this.shapes.close();
  }

  private frame(number: number, where: string, isShown: boolean): ImageItem {
    const url = frameName(number);
    const fileSplit = splitNameOf(this.path);
    const picture = this.pictures.get(number);
    const candidate =
      picture === undefined ? this.parts.finder.find(url, fileSplit) : this.parts.finder.absolute(picture);
    const sequence: SequenceSource = { name: this.name, source: `${this.file} tracks`, framesPerS: null };
    const badObjects: BadObject[] = [];
    const objects = isShown ? this.objectsOf(number, badObjects) : null;
    return {
      ...{ kind: 'image', where, url, candidates: [candidate], labels: [], objects, badObjects },
      ...{ splitName: splitOfPicture(picture, fileSplit), claimed: this.size, repairs: [] },
      ...{ frame: { sequence, number }, ...(isShown ? {} : { isUnlabelled: true }) },
    };
  }

  private objectsOf(number: number, badObjects: BadObject[]): SourceObject[] {
    return attemptEach(
      this.shapes.of(number),
      ({ element }) => `line ${element.line}`,
      badObjects,
      ({ label, element, role, track }, place) => {
        const object = toObject(element, label, place, this.size);
        noteUnkept(this.parts.losses, element);
        if (element.name !== 'box') this.parts.losses.note(`objects of tracks are kept without them (${element.name})`);
        return role === null ? object : { ...object, track: { name: track, role } };
      },
    );
  }
}

/** Below the file and below no other; all where there is none below it. */
function framePictures(path: string, { files, finder }: CvatVideoParts): Map<number, string> {
  const folder = folderOf(path);
  const deeper = files.map(folderOf).filter((other) => other !== folder && other.startsWith(folder));
  const own = finder.images.filter((image) => !deeper.some((other) => image.startsWith(other)));
  const below = own.filter((image) => image.startsWith(folder));
  const pictures = new Map<number, string>();
  for (const image of below.length > 0 ? below : own) {
    const number = frameNumberOf(basename(image));
    if (number !== null && !pictures.has(number)) pictures.set(number, image);
  }
  return pictures;
}

/** With the slash at its end; empty for the root. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** The part that a frame's own folder is named for, else the file's. */
function splitOfPicture(picture: string | undefined, fileSplit: string | null): string | null {
  const folder = picture?.split('/').at(-2) ?? '';
  if (folder === UNASSIGNED) return null;
  return splitOfName(folder) === null ? fileSplit : folder;
}
