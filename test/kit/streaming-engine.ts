/** An engine whose streams never end by themselves, and which knows how many of them are still at work. */

import type { DataDesk, Labelling, ModelDesk, Sweeping, Training, Transfers } from '../../main/ipc/engine.ts';
import { madeRun } from './made-runs.ts';
import { madeSweep } from './made-sweeps.ts';
import { MemoryEngine, SIGN_PROJECT } from './memory-engine.ts';
import { MemoryLabels } from './memory-labels.ts';

export class StreamingEngine extends MemoryEngine {
  private readonly works = new Set<object>();

  constructor() {
    super(SIGN_PROJECT, [madeRun(1, 1)]);
    const { document } = new MemoryLabels({ width: 40, height: 30 });
    const labelling: Partial<Labelling> = {
      document: () => document,
      onChanged: () => this.begin(),
      predict: (_, signal) => this.endless(signal),
    };
    this.labels = labelling as Labelling;
  }

  /** Streams that somebody follows, or that still work for nobody. */
  get atWork(): number {
    return this.works.size + this.listenerCount;
  }

  override readonly projects = {
    ...new MemoryEngine(null).projects,
    duplicate: (_parent: string, _name: string, signal: AbortSignal | undefined) => this.endless(signal),
    verify: (signal: AbortSignal | undefined) => this.endless(signal),
  };

  override training(): Training {
    return { ...super.training(), judge: (_run, _split, signal) => this.endless(signal) };
  }

  override models(): ModelDesk {
    const desk: Partial<ModelDesk> = { list: () => ({ models: [], damaged: [] }), onChanged: () => this.begin() };
    return desk as ModelDesk;
  }

  override data(): DataDesk {
    const state = () => ({ version: '1', undo: null, redo: null });
    const desk: Partial<DataDesk> = { state, lookAlikes: (signal) => this.endless(signal) };
    return desk as DataDesk;
  }

  override onDataChanged(): () => void {
    return this.begin();
  }

  override sweeps(): Sweeping {
    const { trials, ...sweep } = madeSweep([]);
    const desk: Partial<Sweeping> = { follow: () => () => ({ sweep, trials: [...trials] }) };
    return desk as Sweeping;
  }

  override onSweepChanged(): () => void {
    return this.begin();
  }

  override transfers(): Transfers {
    return {
      ...super.transfers(),
      survey: (_, signal) => this.endless(signal),
      check: (_, signal) => this.endless(signal),
      checkExport: (_, signal) => this.endless(signal),
    };
  }

  private begin(): () => void {
    const work = {};
    this.works.add(work);
    return () => this.works.delete(work);
  }

  /** Has nothing to tell until it is aborted. */
  private async *endless(signal: AbortSignal | undefined): AsyncGenerator<never> {
    const end = this.begin();
    try {
      await new Promise<void>((resolve) => {
        if (signal?.aborted) resolve();
        signal?.addEventListener('abort', () => resolve());
      });
    } finally {
      end();
    }
  }
}
