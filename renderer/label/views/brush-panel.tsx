/** How large the brush is and how hard, or how much the wand takes, while such a tool is at work. */

import type { ReactElement } from 'react';
import { LARGEST_RADIUS_PX, type LabelSession, SMALLEST_RADIUS_PX } from '../session.ts';
import { MOST_TOLERANCE } from '../session-state.ts';
import type { ToolName } from '../tools/tool.ts';
import { usePart } from './use-session.ts';

const WITH_SIZE: ReadonlySet<ToolName> = new Set(['brush', 'eraser', 'superpixels', 'refine']);
const WITH_HARDNESS: ReadonlySet<ToolName> = new Set(['brush', 'eraser']);

export function BrushPanel({ session }: { session: LabelSession }): ReactElement | null {
  const tool = usePart(session, (state) => state.tool);
  const radius = usePart(session, (state) => state.brushRadius);
  const hardness01 = usePart(session, (state) => state.brushHardness01);
  if (tool === 'wand') return <WandPanel session={session} />;
  if (!WITH_SIZE.has(tool)) return null;
  return (
    <section className="label-brush card" aria-label="Brush">
      <label className="label-slider">
        <span>Size</span>
        <input
          type="range"
          min={Math.log(SMALLEST_RADIUS_PX)}
          max={Math.log(LARGEST_RADIUS_PX)}
          step="any"
          value={Math.log(radius)}
          onChange={({ target }) => session.setBrush({ radius: Math.exp(Number(target.value)) })}
        />
        <output>{(2 * radius).toFixed(radius < 5 ? 1 : 0)} px</output>
      </label>
      {WITH_HARDNESS.has(tool) ? (
        <label className="label-slider">
          <span>Hardness</span>
          <input
            type="range"
            min={0}
            max={1}
            step={0.05}
            value={hardness01}
            onChange={({ target }) => session.setBrush({ hardness01: Number(target.value) })}
          />
          <output>{Math.round(100 * hardness01)} %</output>
        </label>
      ) : null}
    </section>
  );
}

function WandPanel({ session }: { session: LabelSession }): ReactElement {
  const tolerance = usePart(session, (state) => state.tolerance);
  return (
    <section className="label-brush card" aria-label="Wand">
      <label className="label-slider">
        <span>Colours</span>
        <input
          type="range"
          min={0}
          max={MOST_TOLERANCE}
          step={1}
          value={tolerance}
          onChange={({ target }) => session.setTolerance(Number(target.value))}
        />
        <output>± {tolerance}</output>
      </label>
    </section>
  );
}
