/** Looks at images in child processes, several to a message, since a message costs more than a look at a small picture. */

import { fileURLToPath } from 'node:url';
import { AppError } from '../../preload/contract/errors.ts';
import { ChildPool, type ChildReply } from './child-pool.ts';
import { fromErrorRecord } from './error-record.ts';
import type { Inspection } from './inspect.ts';
import type { ValuePlanes } from './value-planes.ts';

export interface ProbeRequest {
  /** The first of `paths`, after which the request is called. */
  readonly path: string;
  readonly paths: readonly string[];
  readonly wanted: 'inspection' | 'planes';
  readonly maxPixels: number | null;
}

/** One for each path, in their order. */
export type ProbeReplies = readonly ChildReply<Inspection | ValuePlanes>[];

export interface ProbePoolOptions {
  /** Child processes, started when first needed. */
  readonly workers: number;
  readonly maxPixels?: number;
  /** The program the children run. */
  readonly entry?: string;
}

interface Question {
  readonly path: string;
  readonly resolve: (seen: Inspection | ValuePlanes) => void;
  readonly reject: (error: unknown) => void;
}

/** Inspections in one message. More would spare little, and make a child end later when it is told to. */
export const QUESTIONS_PER_MESSAGE = 16;
const ENTRY = fileURLToPath(new URL('./probe-worker.ts', import.meta.url));

export class ProbePool {
  private readonly children: ChildPool<ProbeRequest, ProbeReplies>;
  private readonly maxPixels: number | null;
  /** Inspections that go out together, at the latest when the program has nothing else to do. */
  private gathered: Question[] = [];

  constructor({ workers, maxPixels, entry = ENTRY }: ProbePoolOptions) {
    this.children = new ChildPool({ workers, entry });
    this.maxPixels = maxPixels ?? null;
  }

  /**
   * Size, format, hash and warnings of an image file.
   * Errors: as `inspect`; image-unreadable also when the file took the decoder down; cancelled.
   */
  inspect(path: string): Promise<Inspection> {
    const { promise, resolve, reject } = Promise.withResolvers<Inspection>();
    this.gathered.push({ path, resolve: (seen) => resolve(seen as Inspection), reject });
    if (this.gathered.length >= QUESTIONS_PER_MESSAGE) this.send();
    else if (this.gathered.length === 1) setImmediate(() => this.send());
    return promise;
  }

  /**
   * The pixels of each value of a picture whose values are objects or classes.
   * Errors: as `readPlanes`; image-unreadable also when the file took the decoder down; cancelled.
   */
  planes(path: string): Promise<ValuePlanes> {
    const { promise, resolve, reject } = Promise.withResolvers<ValuePlanes>();
    void this.ask([{ path, resolve: (seen) => resolve(seen as ValuePlanes), reject }], 'planes');
    return promise;
  }

  /** Ends the children; what was still asked for is rejected as cancelled. */
  close(): void {
    this.children.close();
    this.send();
  }

  private send(): void {
    const questions = this.gathered;
    this.gathered = [];
    if (questions.length > 0) void this.ask(questions, 'inspection');
  }

  private async ask(questions: readonly Question[], wanted: ProbeRequest['wanted']): Promise<void> {
    const paths = questions.map(({ path }) => path);
    try {
      const replies = await this.children.ask({ path: paths[0]!, paths, wanted, maxPixels: this.maxPixels });
      replies.forEach((reply, i) => {
        if ('value' in reply) questions[i]!.resolve(reply.value);
        else questions[i]!.reject(fromErrorRecord(reply.error));
      });
    } catch (error) {
      const isUnsure = questions.length > 1 && error instanceof AppError && error.code !== 'cancelled';
      if (isUnsure) {
        // One of them took the child down: asked alone, it takes no other with it.
        for (const question of questions) void this.ask([question], wanted);
      } else for (const { reject } of questions) reject(error);
    }
  }
}
