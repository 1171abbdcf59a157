/** A chart with its title and the latest value of each line, in a box whose size does not depend on them. */

import { type ReactElement, useCallback } from 'react';
import type { ChartColors } from '../../ui/chart.ts';
import { ChartCanvas } from '../../ui/chart-canvas.tsx';
import { MISSING } from '../../ui/format.ts';
import type { Series } from '../derive/series.ts';
import { type EpochContent, epochOptions } from './epoch-chart.ts';

export interface CurveCardProps {
  readonly title: string;
  /** The same object until something changes. */
  readonly content: EpochContent;
  /** Colours are read anew when it changes. */
  readonly theme: string;
}

export function CurveCard({ title, theme, content }: CurveCardProps): ReactElement {
  const { series, format } = content;
  const isEmpty = series.every(({ points }) => points.length === 0);
  const options = useCallback((colors: ChartColors) => epochOptions(content, colors), [content]);
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
      <ChartCanvas options={options} theme={theme} label={describe(title, series, format)} />
      {isEmpty ? <p className="curve-empty">Nothing yet: the first point comes with the first epoch.</p> : null}
    </section>
  );
}

function latest(line: Series, format: (value: number) => string): string {
  const last = line.points.at(-1);
  return last === undefined ? MISSING : format(last[1]);
}

/** The chart in one sentence, for those who do not see it. */
function describe(title: string, series: readonly Series[], format: (value: number) => string): string {
  const lines = series.map((line) => `${line.name} ${latest(line, format)}`);
  return `${title} over epochs; latest: ${lines.join(', ')}`;
}
