/** A page that crashed is opened anew, and it is said; one that keeps crashing is given up. */

import type { BrowserWindow, Dialog } from 'electron';
import type { Clock } from '../clock.ts';

const [MOST_CRASHES, WITHIN_MS] = [3, 60_000];

export function recoverPage(window: BrowserWindow, dialog: Pick<Dialog, 'showMessageBox'>, clock: Clock): void {
  let crashes: number[] = [];
  window.webContents.on('render-process-gone', (_, { reason }) => {
    if (reason === 'clean-exit') return;
    crashes = [...crashes.filter((atMs) => clock.nowMs() - atMs < WITHIN_MS), clock.nowMs()];
    const isHopeless = crashes.length >= MOST_CRASHES;
    if (!isHopeless) window.webContents.reload();
    void dialog.showMessageBox(window, {
      type: isHopeless ? 'error' : 'warning',
      message: isHopeless ? 'The window keeps crashing.' : 'The window had crashed and was opened anew.',
      detail: `Runs go on, and everything that was saved is there (${reason}).${isHopeless ? ' Close it and start Lightbench again.' : ''}`,
    });
  });
}
