import { expect, test } from 'vitest';
import { changeSweep } from '../../../main/schedule/sweep-changes.ts';
import { leaveRequest } from '../../../main/schedule/sweep-requests.ts';
import type { WriteProject } from '../../../main/store/project.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import type { SweepRequest } from '../../../preload/contract/sweep.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { plannedSweep, sweepFile, trialStates } from '../../kit/planned-sweep.ts';

const ask = (project: WriteProject, id: string, request: SweepRequest) => leaveRequest(project, id, request, 1);

/** Runs a sweep of which something is asked at the second epoch of its second trial. */
async function asked(request: SweepRequest, trials = 3) {
  const made = await plannedSweep({
    text: sweepFile({ trials }),
    trainer: {
      beforeEpoch: async (id, epoch) => {
        if (id !== 'r0002' || epoch !== 2) return;
        ask(made.project, made.id, request);
        await new Promise((resolve) => setTimeout(resolve, 300));
      },
    },
  });
  await made.run();
  return made;
}

test('stop lets the running trial reach the end of its epoch, stop-now does not', async () => {
  const [later, now] = [(await asked({ action: 'stop' })).summary(), (await asked({ action: 'stop-now' })).summary()];

  expect([later.state, now.state]).toEqual(['stopped', 'stopped']);
  expect([trialStates(later), trialStates(now)]).toEqual([
    ['completed', 'cancelled'],
    ['completed', 'cancelled'],
  ]);
  expect([later.trials[1]!.epochs_done, now.trials[1]!.epochs_done]).toEqual([2, 1]);
  expect(later.trials[1]!.reason).toBe('stopped by hand after its epoch');
});

test('one trial is stopped by hand, and the others are not', async () => {
  const { summary } = await asked({ action: 'stop-trial', trial: 2 });

  expect(trialStates(summary())).toEqual(['completed', 'cancelled', 'completed']);
});

test('trials are added to a sweep that runs, and to one that has ended', async () => {
  const { summary, run, project, id } = await asked({ action: 'add', count: 2 }, 2);
  expect(trialStates(summary())).toEqual(new Array(4).fill('completed'));

  changeSweep(project, id, { action: 'add', count: 1 });
  expect(summary().state).toBe('paused');
  await run();

  expect(summary()).toMatchObject({ state: 'completed', plan: { iterations: 5 } });
  expect(summary().trials.at(-1)!.configuration['learning_rate']).toBe(0.5);
  expect((await appErrorOf(() => changeSweep(project, id, { action: 'add', count: 1000 }))).message).toContain(
    'at most 1000',
  );
});

test('a trial that failed is trained again on request, after its last epoch', async () => {
  let isBroken = true;
  const { run, summary, project, id } = await plannedSweep({
    trainer: {
      beforeEpoch: (run, epoch) => {
        if (isBroken && run === 'r0002' && epoch === 3) throw new AppError('out-of-memory', 'out of memory');
      },
    },
  });
  await run();
  const before = trialStates(summary());
  isBroken = false;

  changeSweep(project, id, { action: 'requeue', trial: 2 });
  await run();

  expect(before).toEqual(['completed', 'failed', 'completed']);
  expect(trialStates(summary())).toEqual(['completed', 'completed', 'completed']);
  expect((await appErrorOf(() => changeSweep(project, id, { action: 'requeue', trial: 1 }))).message).toContain(
    'it is completed',
  );
  expect((await appErrorOf(() => changeSweep(project, id, { action: 'pause' }))).code).toBe('sweep-wrong-state');
});

test('a request that makes no sense is said and ends nothing; what is no request is thrown away', async () => {
  const { told, summary } = await asked({ action: 'requeue', trial: 1 });

  expect(told.join()).toContain('cannot train again trial 1 of sweep s0001: it is completed');
  expect(summary().state).toBe('completed');
});
