/** `score --draw`: what was found in images, drawn over them, as files beside each other. */

import { basename, extname, resolve } from 'node:path';
import type { UnreadImage } from '../bundle/score-bundle.ts';
import type { FoundInImage } from '../bundle/score-objects.ts';
import { writeDurably } from '../durable-file.ts';
import { decode } from '../images/decode.ts';
import { encodePng } from '../images/explanation-picture.ts';
import { foundPicture } from '../images/found-picture.ts';
import type { Colour } from '../images/objects/canvas-view.ts';
import { colorOf } from '../store/classes.ts';
import { PictureFiles } from './picture-files.ts';

/** With where the picture went. */
export type DrawnReply = FoundInImage & { readonly picture: string };

export class FoundPictures {
  private readonly files: PictureFiles;
  private readonly labels: readonly string[];

  constructor(folder: string, labels: readonly string[]) {
    this.files = new PictureFiles(folder);
    this.labels = labels;
  }

  /** Errors: disk-full, folder-unwritable; those of reading the image, where it has changed meanwhile. */
  async write(reply: FoundInImage | UnreadImage): Promise<DrawnReply | UnreadImage> {
    if ('error' in reply) return reply;
    const pixels = await decode(resolve(reply.filename));
    const { width, height } = pixels;
    const inPixels = (value: number, i: number) => value * (i % 2 === 0 ? width : height);
    const objects = reply.boxes.map(({ box: { topX, topY, bottomX, bottomY }, label, polygon = [] }) => ({
      xyxy: [topX * width, topY * height, bottomX * width, bottomY * height] as const,
      rings: polygon.map((ring) => ring.map(inPixels)),
      colour: this.colourOf(label),
    }));
    const picture = this.files.place(basename(reply.filename, extname(reply.filename)), 'found.png');
    writeDurably(picture, await encodePng(foundPicture(pixels, objects)));
    return { ...reply, picture };
  }

  /** That of the class in a window where nobody has given it another. */
  private colourOf(label: string): Colour {
    const text = colorOf(this.labels.indexOf(label) + 1);
    const part = (at: number) => Number.parseInt(text.slice(at, at + 2), 16);
    return [part(1), part(3), part(5)];
  }
}
