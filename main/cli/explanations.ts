/** Pictures of explanations, as files beside each other. */

import { basename, extname, join, resolve } from 'node:path';
import type { Reply, ScoredExplanation, ScoredImage } from '../bundle/score-bundle.ts';
import { writeDurably } from '../durable-file.ts';

/** What `score --explain --json` says of an explanation: its picture is a file. */
export interface WrittenExplanation extends Pick<ScoredExplanation, 'label' | 'probability' | 'method'> {
  /** Absolute. */
  readonly file: string;
}

export type WrittenReply =
  | Exclude<Reply, ScoredImage>
  | (Omit<ScoredImage, 'explanations'> & { readonly explanations?: readonly WrittenExplanation[] });

/** Writes pictures as they come; images of one name in several folders get a number. */
export class ExplanationFiles {
  private readonly folder: string;
  private readonly taken = new Set<string>();

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  /** Errors: disk-full, folder-unwritable. */
  write(reply: Reply): WrittenReply {
    if ('error' in reply || reply.explanations === undefined) return reply as WrittenReply;
    const explanations = reply.explanations.map(({ label, probability, method, picture }) => {
      const file = this.place(basename(reply.filename, extname(reply.filename)), `${safe(label)}.${method}.png`);
      writeDurably(file, picture!);
      return { label, probability, method, file };
    });
    return { ...reply, explanations };
  }

  private place(image: string, rest: string): string {
    for (let count = 1; ; count++) {
      const name = `${safe(image)}${count === 1 ? '' : `-${count}`}.${rest}`;
      if (this.taken.has(name)) continue;
      this.taken.add(name);
      return join(this.folder, name);
    }
  }
}

/** No separators, no names that mean something to a shell or a file system. */
const safe = (text: string): string => text.replaceAll(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 80) || '_';
