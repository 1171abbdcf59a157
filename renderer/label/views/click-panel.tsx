/** Which model answers clicks, and what the object that it finds is kept as; and whether that is shown before the click; all are remembered. */

import { type ReactElement, useState } from 'react';
import type { ShapeKind } from '../../../native-models/geometry/shape.ts';
import { Choice, type Option } from '../../ui/choice.tsx';
import { Tick } from '../../ui/tick.tsx';
import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';
import { useClicks } from './use-clicks.ts';
import { usePart } from './use-session.ts';

export interface ClickPanelProps {
  readonly session: LabelSession;
  readonly api: LabelApi;
  readonly image: number;
  /** Looked at ahead; null for none. */
  readonly next: number | null;
  /** Models that answer clicks. */
  readonly models: readonly Option<string>[];
  /** The page that adds one. */
  readonly modelsLink: string;
}

const KINDS: readonly Option<ShapeKind>[] = [
  { id: 'mask', label: 'as a bitmap' },
  { id: 'polygon', label: 'as a polygon' },
  { id: 'box', label: 'as a box' },
];
const MODEL_KEY = 'lightbench-click-model';
const KEPT_KEY = 'lightbench-click-kept';
const LOOKS_KEY = 'lightbench-click-looks';

/** Nothing unless the tool is taken. */
export function ClickPanel({ session, api, image, next, models, modelsLink }: ClickPanelProps): ReactElement | null {
  const isTaken = usePart(session, ({ tool }) => tool === 'click');
  const [chosen, choose] = useKept(MODEL_KEY);
  const [keptText, keep] = useKept(KEPT_KEY);
  const model = models.find(({ id }) => id === chosen)?.id ?? models[0]?.id ?? null;
  const [looksText, keepLooks] = useKept(LOOKS_KEY);
  const looks = looksText !== 'no';
  const kept = KINDS.find(({ id }) => id === keptText)?.id ?? 'mask';
  useClicks({ session, api, image, next, model, kept, looks, isTaken });
  if (!isTaken) return null;
  return (
    <section className="label-panel label-clicks" aria-label="Click object">
      <h2>Click object</h2>
      {model === null ? (
        <p className="label-hint">
          No model here answers clicks. <a href={modelsLink}>Add one from elsewhere</a>, or find objects in a box by
          their colours.
        </p>
      ) : (
        <>
          {models.length > 1 ? <Choice label="Model" value={model} options={models} onChange={choose} /> : null}
          <Choice label="Keep it" value={kept} options={KINDS} onChange={keep} />
          <Tick isOn={looks} onChange={(isOn) => keepLooks(isOn ? 'yes' : 'no')}>
            Show what a click would find
          </Tick>
          <p className="label-hint">Click it, or drag a box; Alt takes away, Enter keeps it.</p>
        </>
      )}
    </section>
  );
}

/** A choice of this browser. */
function useKept(key: string): [string | null, (value: string) => void] {
  const [value, setValue] = useState(() => localStorage.getItem(key));
  const keep = (next: string) => {
    localStorage.setItem(key, next);
    setValue(next);
  };
  return [value, keep];
}
