import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { doorsTo } from '../../../../main/ipc/attach.ts';
import type { RunEvent } from '../../../../preload/contract/contract.ts';
import { AppError } from '../../../../preload/contract/errors.ts';
import type { RunHead } from '../../../../preload/contract/run.ts';
import { clientOverPort } from '../../../../renderer/app/engine/client.ts';
import { LiveEngine, retryDelayMs } from '../../../../renderer/app/engine/live-engine.ts';
import { INITIAL_STATE, withRunEvent } from '../../../../renderer/app/engine/live-state.ts';
import {
  type Channel,
  EngineUnavailable,
  Refused,
  SignedOut,
  type Transport,
} from '../../../../renderer/app/engine/transport.ts';
import { eventually } from '../../../kit/eventually.ts';
import { madeHead, madeRun } from '../../../kit/made-runs.ts';
import { MemoryEngine, PROGRESS, SIGN_PROJECT } from '../../../kit/memory-engine.ts';

/** Waits end when the test says so; the lengths asked for are kept. */
class Waits {
  readonly asked: number[] = [];
  private readonly pending: { ms: number; end: () => void }[] = [];

  readonly wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      this.asked.push(ms);
      this.pending.push({ ms, end: resolve });
      signal.addEventListener('abort', () => resolve());
    });

  /** Ends the oldest wait of that length. */
  end(ms: number): void {
    const index = this.pending.findIndex((wait) => wait.ms === ms);
    this.pending.splice(index, 1)[0]!.end();
  }
}

/** Connects to an engine in memory, or fails as the test says. */
class TestTransport implements Transport {
  failure: Error | null = null;
  opened = 0;
  private readonly engine: MemoryEngine;
  private cut: () => void = () => {};

  constructor(engine: MemoryEngine) {
    this.engine = engine;
  }

  async open(): Promise<Channel> {
    if (this.failure !== null) throw this.failure;
    this.opened++;
    const { port1, port2 } = new MessageChannel();
    doorsTo(this.engine, () => {}).attachPort(port1 as unknown as MessagePort);
    const closed = new Promise<void>((resolve) => {
      this.cut = () => {
        port2.close();
        resolve();
      };
    });
    return { client: clientOverPort(port2 as unknown as MessagePort), closed, close: this.cut };
  }

  /** The connection ends from outside. */
  drop(): void {
    this.cut();
  }
}

let live: LiveEngine;
afterEach(() => live.stop());

function started(engine: MemoryEngine): { transport: TestTransport; waits: Waits } {
  const transport = new TestTransport(engine);
  const waits = new Waits();
  live = new LiveEngine(transport, waits.wait);
  void live.start();
  return { transport, waits };
}

const status = () => live.getState().connection.status;

describe('live engine', () => {
  test('shows project and runs, then every change', async () => {
    const engine = new MemoryEngine(SIGN_PROJECT, [madeRun(1, 3)]);
    started(engine);
    await eventually(() => expect(live.getState()).toMatchObject({ project: SIGN_PROJECT, runs: [madeHead(1, 3)] }));
    expect(status()).toBe('connected');

    engine.change(madeRun(2, 1, { state: 'running' }));

    await eventually(() => expect(live.getState().runs?.map(({ id }) => id)).toEqual(['r0002', 'r0001']));
  });

  test('keeps what was known while it reconnects, and catches up after', async () => {
    const engine = new MemoryEngine(SIGN_PROJECT, [madeRun(1, 3)]);
    const { transport, waits } = started(engine);
    await eventually(() => expect(status()).toBe('connected'));

    transport.drop();
    await eventually(() => expect(status()).toBe('reconnecting'));
    expect(live.getState().runs).toHaveLength(1);
    engine.change(madeRun(2, 1));
    waits.end(retryDelayMs(1));

    await eventually(() => expect(status()).toBe('connected'));
    expect(live.getState().runs).toHaveLength(2);
    expect(transport.opened).toBe(2);
  });

  test('waits longer after each failure and not at all when told', async () => {
    const { transport, waits } = started(new MemoryEngine(SIGN_PROJECT));
    transport.failure = new Error('no answer');
    await eventually(() => expect(status()).toBe('connected'));
    transport.drop();
    await eventually(() => expect(waits.asked).toContain(250));
    waits.end(250);
    await eventually(() => expect(waits.asked).toContain(500));
    transport.failure = null;

    live.retryNow();

    await eventually(() => expect(status()).toBe('connected'));
  });

  test('says when the engine does not know this window', async () => {
    const transport = new TestTransport(new MemoryEngine(SIGN_PROJECT));
    transport.failure = new SignedOut();
    live = new LiveEngine(transport, new Waits().wait);
    void live.start();

    await eventually(() => expect(status()).toBe('signed-out'));
  });

  test('that is refused says why, and is not tried again by itself: wrong tokens shut the door for the right one', async () => {
    const { transport, waits } = started(new MemoryEngine(SIGN_PROJECT));
    transport.failure = new Refused('the engine refuses the token');
    await eventually(() => expect(status()).toBe('connected'));
    transport.drop();
    await eventually(() => expect(waits.asked).toContain(250));
    waits.end(250);

    await eventually(() =>
      expect(live.getState().connection).toEqual({ status: 'refused', problem: 'the engine refuses the token' }),
    );
    expect(waits.asked.at(-1)).toBe(Number.POSITIVE_INFINITY);
    transport.failure = null;
    live.retryNow();
    await eventually(() => expect(status()).toBe('connected'));
  });

  test('says why an engine cannot run', async () => {
    const transport = new TestTransport(new MemoryEngine(SIGN_PROJECT));
    transport.failure = new EngineUnavailable('open project /data: it has no project.sqlite');
    live = new LiveEngine(transport, new Waits().wait);
    void live.start();

    await eventually(() =>
      expect(live.getState().connection).toEqual({
        status: 'reconnecting',
        attempt: 1,
        problem: 'open project /data: it has no project.sqlite',
      }),
    );
  });

  test('refuses an engine of another contract and does not try again by itself', async () => {
    const engine = new MemoryEngine(SIGN_PROJECT);
    engine.contractVersion = 999;
    const { waits } = started(engine);

    await eventually(() => expect(status()).toBe('incompatible'));
    expect(waits.asked).toEqual([Number.POSITIVE_INFINITY]);
    expect(live.getState().runs).toBeNull();
  });

  test("shows the engine's own reason when a stream fails", async () => {
    const engine = new MemoryEngine(SIGN_PROJECT);
    engine.failure = new AppError('not-a-project', 'project.sqlite is damaged');
    started(engine);

    await eventually(() =>
      expect(live.getState().connection).toMatchObject({
        status: 'reconnecting',
        problem: 'project.sqlite is damaged',
      }),
    );
  });

  test('notices an engine that fell silent', async () => {
    const { transport, waits } = started(new MemoryEngine(SIGN_PROJECT));
    await eventually(() => expect(waits.asked).toContain(20_000));
    const hung = vi.spyOn(MemoryEngine.prototype, 'info').mockImplementation(() => new Promise(() => {}) as never);

    waits.end(20_000);
    await eventually(() => expect(waits.asked).toContain(10_000));
    waits.end(10_000);

    await eventually(() => expect(status()).toBe('reconnecting'));
    hung.mockRestore();
    expect(transport.opened).toBe(1);
  });
});

describe('runs after an event', () => {
  const runs = [madeHead(3, 1), madeHead(1, 1)];
  const runsAfter = (before: readonly RunHead[], event: RunEvent) =>
    withRunEvent({ ...INITIAL_STATE, runs: before }, event).runs!;

  test('a changed run keeps its place', () => {
    const changed = madeHead(1, 2);

    expect(runsAfter(runs, { type: 'changed', runs: [changed] })).toEqual([runs[0], changed]);
  });

  test('a run told for the first time takes its place by age', () => {
    const added = madeHead(2, 0);

    expect(runsAfter(runs, { type: 'changed', runs: [added] })).toEqual([runs[0], added, runs[1]]);
  });

  test('runs of one moment stand by their number', () => {
    const twins = [2, 1].map((n) => madeHead(n, 0, { created_at_ms: 5 }));
    const third = madeHead(3, 0, { created_at_ms: 5 });

    expect(runsAfter(twins, { type: 'changed', runs: [third] }).map(({ id }) => id)).toEqual([
      'r0003',
      'r0002',
      'r0001',
    ]);
  });

  test('a snapshot replaces everything', () => {
    expect(runsAfter(runs, { type: 'snapshot', runs: [] })).toEqual([]);
  });

  test('progress is kept by run, and forgotten when it is over', () => {
    const told = withRunEvent(INITIAL_STATE, { type: 'progress', id: 'r0001', progress: PROGRESS });
    const over = withRunEvent({ ...INITIAL_STATE, ...told }, { type: 'progress', id: 'r0001', progress: null });

    expect([...told.progress]).toEqual([['r0001', PROGRESS]]);
    expect([...over.progress]).toEqual([]);
  });
});
