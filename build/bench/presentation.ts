/**
 * How long a page takes from a key to the screen, by the browser's own trace: from the time the press has, before the page hears
 * of it, to the time the display shows the frame in which a page's mark was made.
 */

import type { CDPSession, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly args?: { readonly data?: { readonly type?: string } };
}

const CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
  'disabled-by-default-devtools.timeline',
  'blink.user_timing',
  'benchmark',
  'viz',
];

export class PresentationMeter {
  private readonly page: Page;
  private readonly session: CDPSession;

  private constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.session = session;
  }

  static async on(page: Page): Promise<PresentationMeter> {
    return new PresentationMeter(page, await page.context().newCDPSession(page));
  }

  /** Milliseconds from a key to the frame by which the page has made all of these marks. `until`: when it has. */
  async measure(key: string, marks: readonly string[], until: () => Promise<unknown>): Promise<number> {
    const events: TraceEvent[] = [];
    const take = ({ value }: { value: unknown[] }) => events.push(...(value as TraceEvent[]));
    this.session.on('Tracing.dataCollected', take);
    const traceConfig = { includedCategories: CATEGORIES };
    await this.session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
    await this.page.keyboard.press(key);
    await until();
    await this.page.evaluate(() => new Promise((done) => setTimeout(done, 300))); // the frame is on its way to the screen
    const complete = new Promise((done) => this.session.once('Tracing.tracingComplete', done));
    await this.session.send('Tracing.end');
    await complete;
    this.session.off('Tracing.dataCollected', take);
    return pressToScreen(events, marks);
  }
}

/** Milliseconds. */
function pressToScreen(unsorted: readonly TraceEvent[], marks: readonly string[]): number {
  const events = unsorted.filter(({ ts }) => ts > 0).sort((a, b) => a.ts - b.ts);
  const pressed = find(
    events,
    ({ name, ph, args }) => name === 'EventTiming' && ph === 'b' && args?.data?.type === 'keydown',
    0,
  );
  const ofPage = events.filter(({ pid }) => pid === pressed.pid);
  const made = marks.map((mark) => find(ofPage, ({ name }) => name === mark, pressed.ts).ts);
  // A frame: the page hands it over, its thread of layers takes it and draws it, the display shows it.
  const handed = find(
    ofPage,
    ({ name, ph, ts, dur = 0 }) => name === 'Commit' && ph === 'X' && ts + dur > Math.max(...made),
    0,
  );
  const taken = find(ofPage, ({ name }) => name === 'ActivateLayerTree', handed.ts);
  const drawn = find(ofPage, ({ name }) => name === 'DrawFrame', taken.ts);
  const began = find(events, ({ name }) => name === 'Display::DrawAndSwap', drawn.ts);
  const shown = find(events, ({ name }) => name === 'Display::FrameDisplayed', began.ts);
  return (shown.ts - pressed.ts) / 1000;
}

function find(events: readonly TraceEvent[], isIt: (event: TraceEvent) => boolean, fromTs: number): TraceEvent {
  const found = events.find((event) => event.ts >= fromTs && isIt(event));
  if (found === undefined) throw new Error(`the browser's trace lacks a step from a key to the screen: ${isIt}`);
  return found;
}
