/** The contract, told alike over every transport. */

import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { relay } from '../../main/shell/relay.ts';
import { AppError, ERROR_CODES } from '../../preload/contract/errors.ts';
import { CONTRACT_VERSION } from '../../preload/contract/version.ts';
import { appErrorOf, type EngineClient } from '../../renderer/app/engine/client.ts';
import { eventually } from '../kit/eventually.ts';
import { madeEvaluation } from '../kit/made-evaluations.ts';
import { madeEpoch, madeHead, madeRun } from '../kit/made-runs.ts';
import { CHOICES, MemoryEngine, PROGRESS, SIGN_PROJECT } from '../kit/memory-engine.ts';
import { startServer } from '../kit/server.ts';
import { type Connection, electronPort, TRANSPORTS } from '../kit/transports.ts';

test('a relay with a wrong token is refused before a window has a port', async () => {
  const server = await startServer(new MemoryEngine(null));
  const { port1 } = new MessageChannel();

  await expect(relay(electronPort(port1), { url: server.url, token: 'wrong' })).rejects.toThrow('401');

  port1.close();
  await server.close();
});

for (const [name, connect] of Object.entries(TRANSPORTS)) {
  describe(`contract over ${name}`, () => {
    let open: Connection | null = null;
    const connected = async (engine: MemoryEngine): Promise<EngineClient> => {
      open = await connect(engine);
      return open.client;
    };
    afterEach(() => open?.close());

    test('the engine says which contract it speaks', async () => {
      const client = await connected(new MemoryEngine(null));

      expect(await client.engine.info()).toMatchObject({ contract_version: CONTRACT_VERSION, platform: 'linux-x64' });
    });

    test('an engine of another contract says which one it speaks', async () => {
      const engine = new MemoryEngine(null);
      engine.contractVersion = 999;
      const client = await connected(engine);

      expect((await client.engine.info()).contract_version).toBe(999);
    });

    test('every refusal keeps its code, its words and its details', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT);
      const client = await connected(engine);

      for (const code of ERROR_CODES) {
        engine.failure = new AppError(code, `why ${code}`, { file: 'a.jpg', line: 7 });
        const error = appErrorOf(await client.runs.list().catch((caught: unknown) => caught));
        expect(error).toMatchObject({ code, message: `why ${code}`, details: { file: 'a.jpg', line: 7 } });
      }
      expect(open!.bugs).toEqual([]);
    });

    test('a call that is too large never reaches the engine, and others go on', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT);
      const client = await connected(engine);
      const weights = 'x'.repeat(5 * 2 ** 20);
      const request = { model: 'resnet18', params: {}, device: 'cpu', weights };

      await expect(client.runs.start(request)).rejects.toThrow();

      expect(engine.asked).toEqual([]);
      expect(open!.bugs).toEqual([]);
      const other = await connect(engine);
      expect(await other.client.engine.info()).toMatchObject({ contract_version: CONTRACT_VERSION });
      await other.close();
    });

    test('a project arrives as it is, and none as null', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT);
      const client = await connected(engine);

      expect(await client.project.get()).toEqual(SIGN_PROJECT);
      engine.changeProject(null);
      expect(await client.project.get()).toBeNull();
    });

    test('runs are listed newest first and one is found by id', async () => {
      const runs = [madeRun(1, 3), madeRun(2, 5)];
      const client = await connected(new MemoryEngine(SIGN_PROJECT, runs));

      expect(await client.runs.list()).toEqual([madeHead(2, 5), madeHead(1, 3)]);
      expect(await client.runs.get({ id: 'r0001' })).toEqual(runs[0]);
    });

    test('an unknown run is refused by code, with its id, and is no bug', async () => {
      const client = await connected(new MemoryEngine(SIGN_PROJECT));

      const error = appErrorOf(await client.runs.get({ id: 'r9999' }).catch((caught: unknown) => caught));

      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ code: 'run-not-found', details: { id: 'r9999' } });
      expect(error?.message).toContain('r9999');
      expect(open!.bugs).toEqual([]);
    });

    test('an evaluation arrives whole, and none as null', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT, [madeRun(1, 3)]);
      const evaluation = madeEvaluation({ run: 'r0001', split: 'validation' });
      engine.evaluations.push(evaluation);
      const client = await connected(engine);
      const { confusion_normalised: _, ...told } = evaluation as typeof evaluation & { confusion_normalised: unknown };

      expect(await client.runs.judgedParts({ id: 'r0001' })).toEqual(['validation']);
      expect(await client.runs.evaluation({ id: 'r0001', split: 'validation' })).toEqual(told);
      expect(await client.runs.evaluation({ id: 'r0001', split: 'test' })).toBeNull();
      const error = appErrorOf(await client.runs.judgedParts({ id: '../r0001' }).catch((caught: unknown) => caught));
      expect(error?.code).toBe('run-not-found');
    });

    test('input that breaks the contract is refused before a handler sees it', async () => {
      const client = await connected(new MemoryEngine(SIGN_PROJECT));

      await expect(client.runs.get({ id: 7 } as unknown as { id: string })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    });

    test('a bug is logged here and tells nothing over there', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT);
      engine.failure = new Error('the index is -1');
      const client = await connected(engine);

      const error = await client.runs.list().catch((caught: unknown) => caught);

      expect(String(error)).not.toContain('index');
      expect(open!.bugs).toEqual([expect.objectContaining({ message: 'the index is -1' })]);
    });

    test('a watcher is told all runs, then every change in order', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT, [madeRun(1, 3)]);
      const client = await connected(engine);
      const events = await client.runs.watch();

      expect((await events.next()).value).toEqual({ type: 'snapshot', runs: [madeHead(1, 3)] });
      engine.change(madeRun(2, 0, { state: 'running' }));
      expect((await events.next()).value).toEqual({ type: 'changed', runs: [madeHead(2, 0, { state: 'running' })] });
      engine.change(madeRun(2, 1, { state: 'running' }));
      expect((await events.next()).value).toEqual({ type: 'changed', runs: [madeHead(2, 1, { state: 'running' })] });
    });

    test('epochs of chosen runs are told once, then those that come, and again those that a resumed run repeats', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT, [madeRun(1, 2), madeRun(2, 1), madeRun(3, 1)]);
      const client = await connected(engine);
      const events = await client.runs.watchEpochs({ ids: ['r0001', 'r0002'] });
      const repeated = madeEpoch(2, { train_loss: 0.5 });

      expect((await events.next()).value).toEqual({ id: 'r0001', after: 0, epochs: [madeEpoch(1), madeEpoch(2)] });
      expect((await events.next()).value).toEqual({ id: 'r0002', after: 0, epochs: [madeEpoch(1)] });
      engine.change(madeRun(3, 2));
      engine.change(madeRun(2, 1, { state: 'failed' }));
      engine.change(madeRun(1, 3));
      expect((await events.next()).value).toEqual({ id: 'r0001', after: 2, epochs: [madeEpoch(3)] });
      engine.change(madeRun(1, 0, { epochs: [madeEpoch(1), repeated] }));
      expect((await events.next()).value).toEqual({ id: 'r0001', after: 1, epochs: [repeated] });
      const unknown = await client.runs.watchEpochs({ ids: ['r0009'] });
      expect(appErrorOf(await unknown.next().catch((caught: unknown) => caught))?.code).toBe('run-not-found');
    });

    test('progress between two epochs is told, its end as null', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT, [madeRun(1, 3)]);
      const client = await connected(engine);
      const events = await client.runs.watch();
      await events.next();

      engine.tellProgress('r0001', PROGRESS);
      expect((await events.next()).value).toEqual({ type: 'progress', id: 'r0001', progress: PROGRESS });
      engine.tellProgress('r0001', null);
      expect((await events.next()).value).toEqual({ type: 'progress', id: 'r0001', progress: null });
    });

    test('what is to be done about runs reaches the engine, and its refusal comes back', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT, [madeRun(1, 3)]);
      const client = await connected(engine);
      const request = { model: 'resnet18', params: { learning_rate: 0.02 }, device: 'cpu', weights: null };

      expect(await client.runs.choices()).toEqual(CHOICES);
      expect(await client.runs.start(request)).toEqual({ id: 'r0100' });
      await client.runs.stop({ id: 'r0001' });
      await client.runs.resume({ id: 'r0001' });
      expect(await client.runs.bundle({ id: 'r0001' })).toMatchObject({ folder: '/data/bundles/r0001' });
      expect(engine.asked).toEqual([
        ['start', request],
        ['stop', 'r0001'],
        ['resume', 'r0001'],
        ['bundle', 'r0001'],
      ]);
      engine.refusal = new AppError('project-in-use', 'it is being written by "lightbench train" (process 7)', {});
      const error = appErrorOf(await client.runs.start(request).catch((caught: unknown) => caught));
      expect(error).toMatchObject({ code: 'project-in-use' });
    });

    test('data sets come and go as the engine says, and what it tells of them arrives', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT);
      const client = await connected(engine);
      const source = { path: '/data/set', format: 'auto', images_folder: null, frames: null } as const;
      const request = {
        ...{ ...source, split: 'train', copy: true, expected: 12 },
        ...{ classes: [{ from: 'kat', to: 'cat' }], splits: [{ from: 'dev', to: null }] },
      } as const;
      const watched = await client.transfers.watch();
      const idle = { active: null, last: null, unfinished: null };

      expect(await client.transfers.exportFormats()).toEqual(['jsonl', 'folder']);
      await client.transfers.startImport(structuredClone(request) as never);
      expect(engine.asked).toEqual([['import', request]]);
      const survey = await client.transfers.survey(source);
      const error = appErrorOf(await survey.next().catch((caught: unknown) => caught));
      expect(error).toMatchObject({ code: 'file-missing', details: { file: '/data/set' } });
      expect((await watched.next()).value).toEqual(idle);
      const progress = {
        of: 'frames',
        done: 3,
        total: 12,
        added: 3,
        already_present: 0,
        skipped: 0,
        elapsed_ms: 40,
      } as const;
      const active = { what: 'import', path: '/data/set', progress, is_stopping: false } as const;
      engine.tellTransfer({ ...idle, active });
      expect((await watched.next()).value).toEqual({ ...idle, active });
    });

    test('an error that ends a stream arrives as the refusal it is', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT);
      engine.failure = new AppError('not-a-project', 'the folder is gone', { folder: '/data' });
      const client = await connected(engine);
      const events = await client.runs.watch();

      const error = appErrorOf(await events.next().catch((caught: unknown) => caught));

      expect(error).toMatchObject({ code: 'not-a-project', message: 'the folder is gone' });
    });

    test('a stream aborted by its reader frees its listener', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT);
      const client = await connected(engine);
      const abort = new AbortController();
      const events = await client.runs.watch(undefined, { signal: abort.signal });
      await events.next();
      expect(engine.listenerCount).toBe(3);

      abort.abort();

      await eventually(() => expect(engine.listenerCount).toBe(0));
    });

    test('a connection that drops frees every listener', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT);
      const client = await connected(engine);
      const streams = [await client.runs.watch(), await client.project.watch()];
      await Promise.all(streams.map((stream) => stream.next()));
      expect(engine.listenerCount).toBe(4);

      open!.drop();

      await eventually(() => expect(engine.listenerCount).toBe(0));
    });

    test('a project that changes is told to whoever watches', async () => {
      const engine = new MemoryEngine(SIGN_PROJECT);
      const client = await connected(engine);
      const events = await client.project.watch();
      await events.next();

      engine.changeProject({ ...SIGN_PROJECT, image_count: 501 });

      expect((await events.next()).value).toMatchObject({ image_count: 501 });
    });

    test('a run of a thousand epochs arrives whole', async () => {
      const epochs = Array.from({ length: 1000 }, (_, i) => madeEpoch(i + 1));
      const client = await connected(new MemoryEngine(SIGN_PROJECT, [madeRun(1, 0, { epochs })]));

      expect((await client.runs.get({ id: 'r0001' })).epochs).toEqual(epochs);
    });
  });
}
