/** Processor time that a page's scripts take, step by step. */

import type { CDPSession, Page } from 'playwright-core';
import { quantile } from './statistics.ts';

export interface ScriptRow {
  readonly name: string;
  readonly script_ms_p50: number;
  readonly script_ms_p95: number;
  readonly steps: number;
}

export class ScriptMeter {
  private readonly page: Page;
  private readonly session: CDPSession;

  private constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.session = session;
  }

  static async on(page: Page): Promise<ScriptMeter> {
    const session = await page.context().newCDPSession(page);
    // Of the processor, so that a busy machine hardly shows.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new ScriptMeter(page, session);
  }

  /** Milliseconds of script in the page for each step, up to the frame after it. `rest`: what comes before each, unmeasured. */
  async measure(
    name: string,
    steps: number,
    step: (i: number) => Promise<void>,
    rest: () => Promise<void> = async () => {},
  ): Promise<ScriptRow> {
    const taken: number[] = [];
    for (let i = 0; i < steps; i++) {
      await rest();
      const before = await this.scriptMs();
      await step(i);
      await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      taken.push((await this.scriptMs()) - before);
    }
    const row = { name, script_ms_p50: quantile(taken, 0.5), script_ms_p95: quantile(taken, 0.95), steps };
    console.error(`${name}: ${row.script_ms_p50.toFixed(2)} ms, ${row.script_ms_p95.toFixed(2)} ms`);
    return row;
  }

  private async scriptMs(): Promise<number> {
    const { metrics } = await this.session.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'ScriptDuration')!.value;
  }
}
