/** Closing the window while something is under way: asked first, and gone on with in the background if that is wanted. */

import { setImmediate } from 'node:timers/promises';
import type { BrowserWindow, Dialog } from 'electron';
import type { Activity } from '../ipc/engine.ts';
import { activityWords, CHOICE_WORDS, CHOICES, CLOSE_DETAIL, type CloseChoice } from './activity.ts';

export interface ClosingParts {
  readonly dialog: Pick<Dialog, 'showMessageBox'>;
  /** Null where nobody knows, as of an engine that does not answer. */
  readonly activity: () => Promise<Activity | null>;
  /** Ends the app without another question. */
  readonly quit: () => void;
}

const LOOK_AGAIN_MS = 2_000;

/** Whoever closes is asked only while something would end with it. */
export class Closing {
  private readonly parts: ClosingParts;
  private isLeaving = false;
  private isAsking = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(parts: ClosingParts) {
    this.parts = parts;
  }

  /** From now on nothing is asked any more. */
  leave(): void {
    this.isLeaving = true;
    this.stayOpen();
  }

  /** The window is wanted again, so what goes on in the background does not end the app. */
  stayOpen(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  watch(window: BrowserWindow): void {
    window.on('close', (event) => {
      if (this.isLeaving) return;
      event.preventDefault();
      if (!this.isAsking) void this.decide(window);
    });
  }

  private async decide(window: BrowserWindow): Promise<void> {
    this.isAsking = true;
    try {
      await setImmediate(); // the quit that this event belongs to is over only then, and another would be lost
      const words = await this.wordsNow();
      const choice = words === null ? 'stop' : await this.ask(window, words);
      if (choice === 'stop') this.end();
      if (choice === 'background') this.goOnHidden(window);
    } finally {
      this.isAsking = false;
    }
  }

  private async ask(window: BrowserWindow, message: string): Promise<CloseChoice> {
    const { response } = await this.parts.dialog.showMessageBox(window, {
      ...{ type: 'question', message, detail: CLOSE_DETAIL },
      buttons: CHOICES.map((choice) => CHOICE_WORDS[choice]),
      ...{ defaultId: CHOICES.indexOf('background'), cancelId: CHOICES.indexOf('stay') },
    });
    return CHOICES[response] ?? 'stay';
  }

  private goOnHidden(window: BrowserWindow): void {
    window.hide();
    this.timer = setInterval(() => {
      void this.wordsNow().then((words) => {
        if (words === null && this.timer !== null) this.end();
      });
    }, LOOK_AGAIN_MS);
  }

  private async wordsNow(): Promise<string | null> {
    const activity = await this.parts.activity();
    return activity === null ? null : activityWords(activity);
  }

  private end(): void {
    this.leave();
    this.parts.quit();
  }
}
