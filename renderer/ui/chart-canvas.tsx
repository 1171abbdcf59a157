import { type ReactElement, useEffect, useRef } from 'react';
import { type ChartColors, type ChartOptions, colorsOf, drawChart, makeChart } from './chart.ts';

export interface ChartCanvasProps {
  /** Drawn anew when it changes. */
  readonly options: (colors: ChartColors) => ChartOptions;
  /** Colours are read anew when it changes. */
  readonly theme: string;
  /** What a screen reader says. */
  readonly label: string;
}

/** A chart that fills its box and follows its size. */
export function ChartCanvas({ options, theme, label }: ChartCanvasProps): ReactElement {
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
    drawChart(chart.current!, options(colorsOf(element.current!)));
  }, [options, theme]);

  return <div ref={element} className="chart" role="img" aria-label={label} />;
}
