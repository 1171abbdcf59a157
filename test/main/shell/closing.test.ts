import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { BrowserWindow } from 'electron';
import { expect, test, vi } from 'vitest';
import type { Activity } from '../../../main/ipc/engine.ts';
import { activityWords } from '../../../main/shell/activity.ts';
import { Closing } from '../../../main/shell/closing.ts';

const NOTHING: Activity = { runs: [], sweeps: [], transfers: [] };
const TRAINING: Activity = { ...NOTHING, runs: ['r0003'] };

/** A window that is closed by its cross; `answer` is the button that is pressed. */
function closable(activity: Activity | null, answer = 0) {
  const window = Object.assign(new EventEmitter(), { hide: vi.fn() });
  const state = { activity };
  const showMessageBox = vi.fn(async (..._shown: unknown[]) => ({ response: answer, checkboxChecked: false }));
  const quit = vi.fn();
  const closing = new Closing({
    ...{ dialog: { showMessageBox } as never, activity: async () => state.activity, quit },
  });
  closing.watch(window as unknown as BrowserWindow);
  const close = async () => {
    const event = { preventDefault: vi.fn() };
    window.emit('close', event);
    await setTimeout(5);
    return event.preventDefault.mock.calls.length > 0;
  };
  return { window, state, showMessageBox, quit, closing, close };
}

test('what is under way is said in one sentence', () => {
  expect(activityWords(NOTHING)).toBeNull();
  expect(activityWords(TRAINING)).toBe('Run r0003 is under way.');
  expect(activityWords({ runs: ['r0001', 'r0002'], sweeps: ['s0001'], transfers: ['import'] })).toBe(
    'Runs r0001, r0002 and sweep s0001 and an import are under way.',
  );
});

test.each([NOTHING, null])('nothing is asked while nothing would end (%j)', async (activity) => {
  const { close, showMessageBox, quit } = closable(activity);

  await close();

  expect(showMessageBox).not.toHaveBeenCalled();
  expect(quit).toHaveBeenCalledOnce();
  expect(await close()).toBe(false);
});

test('whoever stays keeps the window, whoever stops is let go', async () => {
  const staying = closable(TRAINING, 2);
  expect(await staying.close()).toBe(true);
  expect(staying.quit).not.toHaveBeenCalled();
  expect(staying.showMessageBox.mock.calls[0]![1]).toMatchObject({
    message: 'Run r0003 is under way.',
    buttons: ['Stop and close', 'Go on in the background', 'Stay'],
  });

  const stopping = closable(TRAINING, 0);
  await stopping.close();
  expect(stopping.quit).toHaveBeenCalledOnce();
});

test('in the background it ends with what went on, unless the window was wanted again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    for (const isWantedAgain of [false, true]) {
      const { window, state, quit, closing, close } = closable(TRAINING, 1);
      await close();
      expect(window.hide).toHaveBeenCalledOnce();
      await vi.advanceTimersByTimeAsync(5_000);
      expect(quit).not.toHaveBeenCalled();

      if (isWantedAgain) closing.stayOpen();
      state.activity = NOTHING;
      await vi.advanceTimersByTimeAsync(5_000);

      expect(quit).toHaveBeenCalledTimes(isWantedAgain ? 0 : 1);
    }
  } finally {
    vi.useRealTimers();
  }
});
