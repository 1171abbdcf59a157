/** Pictures of explanations, as files beside each other. */

import { basename, extname } from 'node:path';
import type { Reply, ScoredExplanation, ScoredImage } from '../bundle/score-bundle.ts';
import { writeDurably } from '../durable-file.ts';
import { PictureFiles, safe } from './picture-files.ts';

/** What `score --explain --json` says of an explanation: its picture is a file. */
export interface WrittenExplanation extends Pick<ScoredExplanation, 'label' | 'probability' | 'method'> {
  /** Absolute. */
  readonly file: string;
}

export type WrittenReply =
  | Exclude<Reply, ScoredImage>
  | (Omit<ScoredImage, 'explanations'> & { readonly explanations?: readonly WrittenExplanation[] });

/** Writes pictures as they come. */
export class ExplanationFiles {
  private readonly files: PictureFiles;

  constructor(folder: string) {
    this.files = new PictureFiles(folder);
  }

  /** Errors: disk-full, folder-unwritable. */
  write(reply: Reply): WrittenReply {
    if ('error' in reply || reply.explanations === undefined) return reply as WrittenReply;
    const explanations = reply.explanations.map(({ label, probability, method, picture }) => {
      const file = this.files.place(basename(reply.filename, extname(reply.filename)), `${safe(label)}.${method}.png`);
      writeDurably(file, picture!);
      return { label, probability, method, file };
    });
    return { ...reply, explanations };
  }
}
