/** A chart with its title and the latest value of each line, in a box whose size does not depend on them. */

import { type ReactElement, useEffect, useRef } from 'react';
import type { Series } from '../derive/series.ts';
import { type ChartContent, colorsOf, drawChart, makeChart } from './chart.ts';

export interface CurveCardProps extends ChartContent {
  readonly title: string;
  /** Colours are read anew when it changes. */
  readonly theme: string;
}

export function CurveCard({ title, theme, ...content }: CurveCardProps): ReactElement {
  const { series, format } = content;
  const isEmpty = series.every(({ points }) => points.length === 0);
  return (
    <section className="card curve" aria-label={title}>
      <header className="curve-head">
        <h2>{title}</h2>
        <ul className="legend">
          {series.map((line) => (
            <li key={line.name}>
              <span className="legend-name">{line.name}</span> {latest(line, format)}
            </li>
          ))}
        </ul>
      </header>
      <Chart content={content} theme={theme} label={describe(title, series, format)} />
      {isEmpty ? <p className="curve-empty">Nothing yet: the first point comes with the first epoch.</p> : null}
    </section>
  );
}

function Chart({ content, theme, label }: { content: ChartContent; theme: string; label: string }): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof makeChart>>(null);

  useEffect(() => {
    const made = makeChart(element.current!);
    const observer = new ResizeObserver(() => made.resize());
    chart.current = made;
    observer.observe(element.current!);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  // The theme is no input of the drawing itself, but changes the variables that colorsOf reads.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    drawChart(chart.current!, content, colorsOf(element.current!));
  }, [content, theme]);

  return <div ref={element} className="chart" role="img" aria-label={label} />;
}

function latest(line: Series, format: (value: number) => string): string {
  const last = line.points.at(-1);
  return last === undefined ? '–' : format(last[1]);
}

/** The chart in one sentence, for those who do not see it. */
function describe(title: string, series: readonly Series[], format: (value: number) => string): string {
  const lines = series.map((line) => `${line.name} ${latest(line, format)}`);
  return `${title} over epochs; latest: ${lines.join(', ')}`;
}
