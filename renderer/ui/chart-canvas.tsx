import { type ReactElement, useEffect, useRef } from 'react';
import { type Chart, type ChartColors, type ChartOptions, colorsOf, drawChart, makeChart } from './chart.ts';

export interface ChartCanvasProps {
  /** Drawn anew when it changes. */
  readonly options: (colors: ChartColors) => ChartOptions;
  /** Colours are read anew when it changes. */
  readonly theme: string;
  /** What a screen reader says. */
  readonly label: string;
  /** Told what is chosen on the axes of parallel coordinates; the same function as long as it does the same. */
  readonly onBrush?: (chart: Chart) => void;
}

/** A chart that fills its box and follows its size. */
export function ChartCanvas({ options, theme, label, onBrush }: ChartCanvasProps): ReactElement {
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

  useEffect(() => {
    const made = chart.current!;
    if (onBrush === undefined) return;
    const told = () => onBrush(made);
    made.on('axisareaselected', told);
    return () => void made.off('axisareaselected', told);
  }, [onBrush]);

  return <div ref={element} className="chart" role="img" aria-label={label} />;
}
