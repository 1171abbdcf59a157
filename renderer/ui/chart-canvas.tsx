import { type ReactElement, type RefObject, useEffect, useRef, useState } from 'react';
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

  const isInView = useInView(element);
  // The theme is no input of the drawing itself, but changes the variables that colorsOf reads.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (isInView) drawChart(chart.current!, options(colorsOf(element.current!)));
  }, [options, theme, isInView]);

  return <div ref={element} className="chart" role="img" aria-label={label} />;
}

const NEAR = '600px'; // drawn before it is scrolled to

/** Whether any of it is to be seen, or soon: a chart that nobody sees is not drawn. */
function useInView(element: RefObject<HTMLElement | null>): boolean {
  const [isInView, setIsInView] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => setIsInView(entries.at(-1)!.isIntersecting), {
      rootMargin: NEAR,
    });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return isInView;
}
