/** A program with weights that do not change, on whatever backend is fastest: plain arrays in, plain arrays out. */

import type { Program } from '../../native-models/core/program.ts';
import { type Packings, packings } from '../../native-models/onnx/packing.ts';
import { backendFor } from './backends.ts';
import { packedFeeds } from './packed-feeds.ts';
import { type Feeds, openSession, type Session, type SessionOptions } from './runtime.ts';

export class ProgramSession {
  private readonly session: Session;
  private readonly layouts: Packings;
  private readonly weights: Feeds;

  private constructor(session: Session, layouts: Packings, weights: Feeds) {
    this.session = session;
    this.layouts = layouts;
    this.weights = weights;
  }

  /** Weights that the program does not read are left out. */
  static async open(
    program: Program,
    weights: ReadonlyMap<string, Float32Array>,
    options: Pick<SessionOptions, 'device' | 'threads'>,
  ): Promise<ProgramSession> {
    const backend = await backendFor(program, options.device);
    const layouts = packings(program, backend);
    const session = await openSession(program, { ...options, backend });
    return new ProgramSession(session, layouts, packedFeeds(layouts.inputs, weights));
  }

  /** `given`: every other input by name; those that the program does not read are left out. */
  async run(given: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>> {
    const fed = packedFeeds(this.layouts.inputs, new Map(Object.entries(given)));
    const results = await this.session.run({ ...this.weights, ...fed });
    return Object.fromEntries(
      Object.entries(results).map(([name, { data }]) => {
        return [name, this.layouts.outputs.get(name)!.unpack(data as Float32Array)] as const;
      }),
    );
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
