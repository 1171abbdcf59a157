/** How much script ran in each frame, from a browser's trace. */

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  /** Of the thread's own time, which others that want the processor do not add to. */
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
}

/** Whatever runs script on a page's main thread. */
const SCRIPT = new Set([
  'FunctionCall',
  'EvaluateScript',
  'RunMicrotasks',
  'EventDispatch',
  'TimerFire',
  'FireAnimationFrame',
]);

/** Milliseconds of script, in the thread's own time where the browser tells it, between one animation frame and the next, on the thread that has most frames. */
export function scriptPerFrame(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const complete = traceEvents.filter(({ ph, dur, name }) => ph === 'X' && dur !== undefined && SCRIPT.has(name));
  const threads = Map.groupBy(complete, ({ pid, tid }) => `${pid} ${tid}`);
  const framesOf = (events: readonly TraceEvent[]) => events.filter(({ name }) => name === 'FireAnimationFrame');
  const busiest = [...threads.values()].toSorted((a, b) => framesOf(b).length - framesOf(a).length)[0] ?? [];
  const starts = framesOf(busiest)
    .map(({ ts }) => ts)
    .toSorted((a, b) => a - b);
  const outer = withoutNested(busiest.toSorted((a, b) => a.ts - b.ts));
  return starts.slice(0, -1).map((from, i) => {
    const inFrame = outer.filter(({ ts }) => ts >= from && ts < starts[i + 1]!);
    return inFrame.reduce((sum, { dur, tdur }) => sum + (tdur ?? dur!) / 1000, 0);
  });
}

/** An event within another is counted with it. Ascending by start. */
function withoutNested(events: readonly TraceEvent[]): TraceEvent[] {
  const outer: TraceEvent[] = [];
  let until = 0;
  for (const event of events) {
    if (event.ts < until) continue;
    outer.push(event);
    until = event.ts + event.dur!;
  }
  return outer;
}
