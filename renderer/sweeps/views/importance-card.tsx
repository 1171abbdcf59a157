import { memo, type ReactElement, useEffect, useState } from 'react';
import { Meter } from '../../ui/meter.tsx';
import { type Importance, importances } from '../derive/importance.ts';
import type { LiveSweep } from '../derive/live-sweep.ts';
import { ChartCard } from './chart-card.tsx';

/** What decides about the metric, as far as there are trials enough to tell. */
export const ImportanceCard = memo(({ sweep }: { sweep: LiveSweep }): ReactElement | null => {
  const found = useImportances(sweep);
  if (found.length === 0) return null;
  return (
    <ChartCard title="What decides about the metric">
      <table className="plain counts">
        <tbody>
          {found.map(({ name, share01 }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="count-bar">
                <Meter fraction01={share01} label={`importance of ${name}`} />
              </td>
              <td className="number">{Math.round(100 * share01)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ChartCard>
  );
});

/** A tree at a time, each in a turn of its own; a forest is grown anew for another trial, not for every epoch. */
function useImportances(sweep: LiveSweep): readonly Importance[] {
  const [found, setFound] = useState<readonly Importance[]>([]);
  const judged = sweep.trials.filter(({ best }) => best !== null).length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const steps = importances(sweep);
    let timer: ReturnType<typeof setTimeout>;
    const grow = () => {
      const step = steps.next();
      if (step.done) setFound(step.value);
      else timer = setTimeout(grow);
    };
    timer = setTimeout(grow);
    return () => clearTimeout(timer);
  }, [sweep.id, judged]);
  return found;
}
