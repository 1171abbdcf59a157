import { memo, type ReactElement, useCallback, useMemo, useState } from 'react';
import type { ChartColors } from '../../ui/chart.ts';
import { ChartCanvas } from '../../ui/chart-canvas.tsx';
import { Choice } from '../../ui/choice.tsx';
import type { LiveSweep } from '../derive/live-sweep.ts';
import { scaledAxes } from '../derive/parallel.ts';
import { ChartCard } from './chart-card.tsx';
import { ScatterCube } from './scatter-cube.tsx';
import { scatterOptions } from './sweep-charts.ts';

export interface ScatterCardProps {
  readonly sweep: LiveSweep;
  readonly chosen: ReadonlySet<number> | null;
  readonly theme: string;
}

const FLAT = 'nothing: flat';

/** Trials by two or three of what was drawn, the metric as colour. */
export function ScatterCard({ sweep, chosen, theme }: ScatterCardProps): ReactElement {
  const axes = useMemo(() => scaledAxes(sweep, []), [sweep]);
  const [across, setAcross] = useState<string | null>(null);
  const [up, setUp] = useState<string | null>(null);
  const [deep, setDeep] = useState(FLAT);
  const find = (name: string | null) => axes.find((axis) => axis.name === name);
  const x = find(across) ?? axes[0]!;
  const y = find(up) ?? axes.at(-1)!;
  const z = find(deep) ?? null;
  const flat = useCallback((colors: ChartColors) => scatterOptions(sweep, x, y, colors), [sweep, x, y]);
  const names = useMemo(() => axes.map(({ name }) => name), [axes]);
  const cube = useMemo(() => (z === null ? null : ([x, y, z] as const)), [x, y, z]);
  return (
    <ChartCard title="One against another">
      <AxisChoices names={names} x={x.name} y={y.name} z={z?.name ?? FLAT} {...{ setAcross, setUp, setDeep }} />
      {cube === null ? (
        <ChartCanvas options={flat} theme={theme} label={`${x.name} against ${y.name}`} />
      ) : (
        <ScatterCube sweep={sweep} axes={cube} chosen={chosen} theme={theme} />
      )}
    </ChartCard>
  );
}

interface AxisChoicesProps {
  readonly names: readonly string[];
  readonly x: string;
  readonly y: string;
  readonly z: string;
  readonly setAcross: (name: string) => void;
  readonly setUp: (name: string) => void;
  readonly setDeep: (name: string) => void;
}

/** Not drawn anew when other trials are chosen. */
const AxisChoices = memo(({ names, x, y, z, setAcross, setUp, setDeep }: AxisChoicesProps): ReactElement => {
  const options = names.map((name) => ({ id: name, label: name }));
  const third = [{ id: FLAT, label: FLAT }, ...options];
  return (
    <div className="scatter-axes">
      <Choice label="Across" options={options} value={x} onChange={setAcross} />
      <Choice label="Up" options={options} value={y} onChange={setUp} />
      <Choice label="Deep" options={third} value={z} onChange={setDeep} />
    </div>
  );
});
