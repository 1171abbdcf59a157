/**
 * Reads the XML of CVAT: of images, and of videos as the frames that lie beside it.
 * Source: https://docs.cvat.ai/docs/manual/advanced/xml_format/.
 */

import { classNameOf } from '../field-values.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem } from '../import-items.ts';
import { Losses } from '../losses.ts';
import type { SourceTree } from '../source-tree.ts';
import { splitNameOf, splitOfName } from '../split-names.ts';
import { type XmlElement, xmlElements } from '../xml.ts';
import { attempt, attemptEach } from './attempt.ts';
import { noteUnkept, SHAPES, sideOf, toObject } from './cvat-shapes.ts';
import { CvatVideo } from './cvat-video.ts';
import type { FormatReader, ReadSource } from './format.ts';

const LOOKED_AT = 10;

export const cvat: FormatReader = {
  format: 'cvat',
  recognises: async (tree) => (await cvatFiles(tree, LOOKED_AT)).length > 0,
  read,
};

/** `mostFiles`: so many XML files are looked at. */
async function cvatFiles(tree: SourceTree, mostFiles = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
  const files = (await tree.named()).filter((path) => path.toLowerCase().endsWith('.xml'));
  const found: string[] = [];
  for (const path of files.slice(0, mostFiles)) if (/<annotations[\s>]/.test(await tree.head(path))) found.push(path);
  return found;
}

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const finder = await source.finder();
  const files = await cvatFiles(source.tree);
  for (const path of files) yield* readFile(path, files, source, finder);
}

async function* readFile(
  path: string,
  files: readonly string[],
  source: ReadSource,
  finder: ImageFinder,
): AsyncGenerator<ImportItem, void, undefined> {
  const file = source.tree.absolute(path);
  const fileSplit = splitNameOf(path);
  const losses = new Losses();
  const video = new CvatVideo(path, file, { files, scratch: source.scratch, finder, losses });
  try {
    for await (const element of xmlElements(file, ['meta', 'image', 'track'])) {
      if (element.name === 'meta') video.describe(element);
      else if (element.name === 'track') yield* video.take(element);
      else yield await attempt(`${file}:${element.line}`, () => readImage(element, file, fileSplit, finder, losses));
    }
    yield* video.frames();
  } finally {
    video.close();
  }
  for (const text of losses.list()) yield { kind: 'warning', text: `${file}: ${text}` };
}

function readImage(
  image: XmlElement,
  file: string,
  fileSplit: string | null,
  finder: ImageFinder,
  losses: Losses,
): ImageItem {
  const { attributes, children, line } = image;
  const url = attributes['name'] ?? '';
  const size = { width: sideOf(attributes['width']), height: sideOf(attributes['height']) };
  const badObjects: BadObject[] = [];
  const objects = attemptEach(
    children.filter(({ name }) => SHAPES.has(name)),
    (element) => `line ${element.line}`,
    badObjects,
    (element, place) => {
      const object = toObject(element, element.attributes['label'], place, size);
      noteUnkept(losses, element);
      return object;
    },
  );
  const labels = children
    .filter(({ name }) => name === 'tag')
    .map((tag) => classNameOf(tag.attributes['label'], 'label'));
  const subset = attributes['subset'];
  const splitName = subset !== undefined && splitOfName(subset) !== null ? subset : fileSplit;
  const candidates = [finder.find(url, splitName)];
  return {
    ...{ kind: 'image', where: `${file}:${line}`, url, candidates, labels: [...new Set(labels)], objects, badObjects },
    ...{ splitName, claimed: size, repairs: [] },
  };
}
