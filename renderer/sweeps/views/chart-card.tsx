import type { ReactElement, ReactNode } from 'react';

export interface ChartCardProps {
  readonly title: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

export function ChartCard({ title, isWide = false, children }: ChartCardProps): ReactElement {
  return (
    <section className={isWide ? 'card panel sweep-chart wide' : 'card panel sweep-chart'} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
