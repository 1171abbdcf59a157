import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openEngine, type Workbench } from '../../main/engine.ts';
import { ensureClass } from '../../main/store/classes.ts';
import { upsertEpoch } from '../../main/store/epochs.ts';
import { addImage } from '../../main/store/images.ts';
import { setLabels } from '../../main/store/labels.ts';
import type { WriteProject } from '../../main/store/project.ts';
import { createRun, finishRun, startRun } from '../../main/store/runs.ts';
import { FakeClock } from '../kit/clock.ts';
import { eventually } from '../kit/eventually.ts';
import { tempFolder } from '../kit/folders.ts';
import { madeEvaluation } from '../kit/made-evaluations.ts';
import { madeEpoch } from '../kit/made-runs.ts';
import { newProject } from '../kit/projects.ts';
import { newRun } from '../kit/runs.ts';

const bugs: unknown[] = [];

const options = () => ({
  clock: new FakeClock(),
  logBug: (error: unknown) => bugs.push(error),
  home: tempFolder(),
  threads: 2,
});

function engineOf(project: WriteProject): Workbench {
  const engine = openEngine(project.folder, options());
  onTestFinished(() => engine.close());
  return engine;
}

function putImage(project: WriteProject, name: string, label: string, split: 'train' | null): number {
  const id = addImage(project.db, {
    path: `images/${name}`,
    storage: 'copied',
    source_url: name,
    sha256: Buffer.from(name.padEnd(32)).toString('hex'),
    size_bytes: 3,
    width_px: 8,
    height_px: 8,
    format: 'jpeg',
    split,
    created_at_ms: 0,
  });
  setLabels(project.db, id, [label]);
  return id;
}

const epoch = (number: number) => ({ ...madeEpoch(number), valid_loss: 0.5 });

describe('an engine over a project', () => {
  test('counts images by class, in the order of names, and by split', () => {
    const project = newProject();
    putImage(project, 'a.jpg', '10', 'train');
    putImage(project, 'b.jpg', '2', null);
    ensureClass(project.db, 'empty');

    expect(engineOf(project).projectOverview()).toEqual({
      name: 'project',
      task: 'image-classification',
      folder: project.folder,
      image_count: 2,
      unlabelled: 0,
      classes: [
        { name: '10', count: 1, color: '#e6194b' },
        { name: '2', count: 1, color: '#3cb44b' },
        { name: 'empty', count: 0, color: '#ffe119' },
      ],
      without_class: 0,
      splits: { train: 1, validation: 0, test: 0, unassigned: 1 },
    });
  });

  test('lists runs newest first and knows which are not there', () => {
    const project = newProject();
    const [first, second] = [createRun(project.db, newRun()), createRun(project.db, newRun())];
    const engine = engineOf(project);

    expect(engine.runHeads().map(({ id }) => id)).toEqual([second, first]);
    expect(engine.runSummary(first)?.model).toBe('resnet18');
    expect(engine.runSummary('r9999')).toBeNull();
  });

  test('tells each run that another connection changes, and no other', async () => {
    const project = newProject();
    const quiet = createRun(project.db, newRun());
    const busy = createRun(project.db, newRun());
    const engine = engineOf(project);
    const told: string[] = [];
    engine.onRunChanged((run) => told.push(`${run.id} ${run.state} ${run.last_epoch?.epoch ?? 0}`));

    startRun(project.db, busy, 1);
    await eventually(() => expect(told).toEqual([`${busy} running 0`]));
    upsertEpoch(project.db, busy, epoch(1));
    await eventually(() => expect(told.at(-1)).toBe(`${busy} running 1`));
    finishRun(project.db, busy, 'failed', 'the loss became NaN', 2);

    await eventually(() => expect(told.at(-1)).toBe(`${busy} failed 1`));
    expect(told.some((line) => line.startsWith(quiet))).toBe(false);
  });

  test('an epoch that a resumed run repeats is told', async () => {
    const project = newProject();
    const id = createRun(project.db, newRun());
    upsertEpoch(project.db, id, epoch(1));
    const engine = engineOf(project);
    const losses: number[] = [];
    engine.onRunChanged((run) => losses.push(run.last_epoch!.train_loss));

    upsertEpoch(project.db, id, { ...epoch(1), train_loss: 0.125 });

    await eventually(() => expect(losses).toEqual([0.125]));
  });

  test('tells an import, and an import alone is no news of runs', async () => {
    const project = newProject();
    createRun(project.db, newRun());
    const engine = engineOf(project);
    const counts: (number | undefined)[] = [];
    let runNews = 0;
    engine.onProjectChanged((overview) => counts.push(overview?.image_count));
    engine.onRunChanged(() => runNews++);

    putImage(project, 'a.jpg', 'can', null);

    await eventually(() => expect(counts.at(-1)).toBe(1));
    expect(runNews).toBe(0);
  });

  test('a listener that left is told nothing more', async () => {
    const project = newProject();
    const id = createRun(project.db, newRun());
    const engine = engineOf(project);
    const [left, stayed] = [vi.fn(), vi.fn()];
    engine.onRunChanged(left)();
    engine.onRunChanged(stayed);

    startRun(project.db, id, 1);

    await eventually(() => expect(stayed).toHaveBeenCalled());
    expect(left).not.toHaveBeenCalled();
  });

  test('finds the file of an image by its id', () => {
    const project = newProject();
    const id = putImage(project, 'a.jpg', 'can', null);
    const engine = engineOf(project);

    expect(engine.imageFile(id)).toMatchObject({
      path: 'images/a.jpg',
      storage: 'copied',
      folder: project.folder,
      format: 'jpeg',
    });
    expect(engine.imageFile(id + 1)).toBeNull();
  });
});

test('an engine without a project has nothing, and says so', () => {
  const engine = openEngine(null, options());

  expect([engine.projectOverview(), engine.runHeads(), engine.runSummary('r0001'), engine.imageFile(1)]).toEqual([
    null,
    [],
    null,
    null,
  ]);
});

test('a folder that is no project is refused by name', () => {
  const project = newProject();
  writeFileSync(join(project.folder, 'images', 'x'), '');

  expect(() => openEngine(join(project.folder, 'images'), options())).toThrow(
    expect.objectContaining({ code: 'not-a-project' }),
  );
});

describe('evaluations', () => {
  const judged = (project: WriteProject, text: string) => {
    const id = createRun(project.db, newRun());
    mkdirSync(join(project.folder, 'runs', id), { recursive: true });
    writeFileSync(join(project.folder, 'runs', id, 'evaluation-test.json'), text);
    return id;
  };

  test('are those in the folder of the run', () => {
    const project = newProject();
    const evaluation = madeEvaluation({ split: 'test' });
    const id = judged(project, JSON.stringify(evaluation));
    const engine = engineOf(project);

    expect(engine.judgedParts(id)).toEqual(['test']);
    expect(engine.evaluation(id, 'test')).toMatchObject({ metrics: evaluation.metrics, curves: evaluation.curves });
    expect(engine.evaluation(id, 'validation')).toBeNull();
  });

  test.each(['{"run": "r0001"', '{"run": "r0001", "split": "test"}'])('that cannot be read are refused: %s', (text) => {
    const project = newProject();
    const id = judged(project, text);

    expect(() => engineOf(project).evaluation(id, 'test')).toThrow(
      expect.objectContaining({ code: 'file-unreadable', message: expect.stringContaining('evaluate the run again') }),
    );
  });
});
