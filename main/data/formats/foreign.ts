/** Formats that are known and not read: a person learns which one it is, and what to do, instead of a half import. */

import { AppError } from '../../../preload/contract/errors.ts';
import type { SourceTree } from '../source-tree.ts';

interface Foreign {
  readonly name: string;
  /** What a file's path looks like that only this format has. */
  readonly path?: RegExp;
  /** A file to look into, and what it begins with. */
  readonly head?: readonly [path: RegExp, content: (text: string) => boolean];
}

const FOREIGN: readonly Foreign[] = [
  {
    name: 'the XML of the LabelMe web tool',
    head: [/\.xml$/i, (text) => /<annotation[\s>]/.test(text) && /<polygon>/.test(text)],
  },
  { name: 'a VoTT project without its images (its exports are read)', path: /\.vott$/i },
  { name: 'Create ML', path: /createml\.json$/i },
  {
    name: 'Datumaro JSON',
    head: [/(^|\/)annotations\/[^/]+\.json$/i, (text) => /^\s*\{\s*"(infos|dm_format_version)"/.test(text)],
  },
  { name: 'TFRecord', path: /\.tfrecord$/i },
  { name: 'KITTI tracks in space (its labels of pictures are read)', path: /(^|\/)tracklet_labels\.xml$/i },
  { name: 'KITTI segmentation (its boxes are read)', path: /(^|\/)(instance|semantic(_rgb)?)\/[^/]+\.png$/i },
  { name: 'WIDER FACE', path: /(^|\/)wider_face_[^/]*_gt\.txt$/i },
  { name: 'Cityscapes', path: /_gtFine_[^/]+\.png$/ },
  { name: 'Mapillary Vistas labels (its panoptic files are read)', path: /(^|\/)config_v\d[\d.]*\.json$/i },
  { name: 'ADE20K', path: /_(seg|parts_\d+)\.png$/i },
  { name: 'CamVid', path: /(^|\/)(train|val|test)annot\//i },
  { name: 'MNIST', path: /-ubyte(\.gz)?$/i },
  { name: 'MNIST as CSV', head: [/\.csv$/i, (text) => /^\d+(,\d+){100,}/.test(text)] },
  { name: 'Open Images without objects', path: /-with-rotation\.csv$/i },
  { name: 'masks of classes without objects', path: /(^|\/)masks\/[^/]+\.png$/i },
  {
    name: 'a list of boxes without a header (its CSV is read)',
    head: [/\.txt$/i, (text) => /^[^,\n]+\.(jpe?g|png)(,[^,\n]+){4,}$/im.test(text)],
  },
];

/** Refuses a source of a format that is known and not read. Errors: format-unsupported. */
export async function refuseForeign(tree: SourceTree): Promise<void> {
  const files = await tree.named();
  for (const { name, path, head } of FOREIGN) {
    const found = files.find((file) => path?.test(file)) ?? (head && (await firstWith(tree, files, head)));
    if (found === undefined || found === null) continue;
    const message = `import: ${tree.absolute(found)} is of ${name}, a format that is not read; convert it, to COCO or to folders of classes for example`;
    throw new AppError('format-unsupported', message, { file: tree.absolute(found), format: name });
  }
}

const LOOKED_AT = 5;

async function firstWith(
  tree: SourceTree,
  files: readonly string[],
  [path, content]: NonNullable<Foreign['head']>,
): Promise<string | null> {
  for (const file of files.filter((each) => path.test(each)).slice(0, LOOKED_AT)) {
    if (content(await tree.head(file))) return file;
  }
  return null;
}
