/** A sweep as it runs: events for programs, a table that is drawn anew for whoever watches, lines for everybody else. */

import type { SweepListener } from '../schedule/sweep-scheduler.ts';
import type { ReadDb } from '../store/db.ts';
import { LiveSweep } from '../store/live-sweep.ts';
import type { Progress } from '../train/protocol.ts';
import { decimal, seconds } from './format.ts';
import type { Output } from './output.ts';
import { headline, trialTable } from './sweep-text.ts';

const MOST_ROWS = 12; // trials of the live table: those that run, and the latest

export class SweepView {
  private readonly output: Output;
  private readonly live: LiveSweep;
  private readonly sweep: string;
  private readonly progress = new Map<number, Progress>();

  constructor(output: Output, db: ReadDb, sweep: string) {
    this.output = output;
    this.live = new LiveSweep(db, sweep);
    this.sweep = sweep;
  }

  listener(): SweepListener {
    const { output } = this;
    const metric = this.live.head.primary_metric;
    return {
      onTrial: (trial, state, reason) => {
        this.progress.delete(trial);
        output.event({ event: 'trial', sweep: this.sweep, trial, state, reason });
        this.told(`trial ${trial} ${state}${reason === null ? '' : `: ${reason.split('\n')[0]}`}`);
      },
      onEpoch: (trial, { row, best }) => {
        output.event({ event: 'epoch', sweep: this.sweep, trial, ...row });
        const value = row.metrics[metric];
        const judged =
          value === undefined ? '' : ` · ${metric} ${decimal(value)}${best?.epoch === row.epoch ? ' *' : ''}`;
        this.told(
          `trial ${trial} epoch ${row.epoch} · train loss ${row.train_loss.toFixed(3)}${judged} · ${seconds(row.seconds)}`,
        );
      },
      onDecision: (trial, decision) => {
        output.event({ event: 'decision', sweep: this.sweep, trial, ...decision });
        if (decision.is_stopped) this.told(`trial ${trial} ${decision.explanation}`);
      },
      onProgress: (trial, progress) => {
        this.progress.set(trial, progress);
        this.draw();
      },
      onNote: (trial, text) => {
        output.event({ event: 'note', sweep: this.sweep, trial, text });
        if (!output.isLive) output.say(`${trial === null ? '' : `trial ${trial}: `}${text}`);
      },
    };
  }

  /** A line for whoever reads a log; whoever watches sees it in the table. */
  private told(text: string): void {
    if (this.output.isLive) this.draw();
    else this.output.say(text);
  }

  private draw(): void {
    if (!this.output.isLive) return;
    this.live.refresh();
    const { summary } = this.live;
    const running = summary.trials.filter(({ state }) => state === 'running');
    const others = summary.trials.filter(({ state }) => state !== 'running');
    const rest = others.slice(-Math.max(0, MOST_ROWS - running.length));
    const shown = [...rest, ...running].sort((a, b) => a.number - b.number);
    const now = [...this.progress].map(([trial, { epoch, epochs, phase, step, steps, remainingMs }]) => {
      const left = remainingMs === null ? '' : ` · ${seconds(remainingMs / 1000)} left`;
      return `trial ${trial}: epoch ${epoch}/${epochs} · ${phase} ${step}/${steps}${left}`;
    });
    this.output.live([headline(summary), ...trialTable(summary, shown).split('\n'), ...now]);
  }
}
