/** How large the brush is and how hard, or how much the wand takes, while such a tool is at work. */

import type { ReactElement } from 'react';
import type { LabelSession } from '../session.ts';
import { LARGEST_RADIUS_PX, MOST_TOLERANCE, SMALLEST_RADIUS_PX } from '../session-state.ts';
import type { ToolName } from '../tools/tool.ts';
import { Slider } from './slider.tsx';
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
      <Slider
        label="Size"
        min={Math.log(SMALLEST_RADIUS_PX)}
        max={Math.log(LARGEST_RADIUS_PX)}
        step="any"
        value={Math.log(radius)}
        said={`${(2 * radius).toFixed(radius < 5 ? 1 : 0)} px`}
        onChange={(value) => session.setBrush({ radius: Math.exp(value) })}
      />
      {WITH_HARDNESS.has(tool) ? (
        <Slider
          label="Hardness"
          min={0}
          max={1}
          step={0.05}
          value={hardness01}
          said={`${Math.round(100 * hardness01)} %`}
          onChange={(value) => session.setBrush({ hardness01: value })}
        />
      ) : null}
    </section>
  );
}

function WandPanel({ session }: { session: LabelSession }): ReactElement {
  const tolerance = usePart(session, (state) => state.tolerance);
  return (
    <section className="label-brush card" aria-label="Wand">
      <Slider
        label="Colours"
        min={0}
        max={MOST_TOLERANCE}
        step={1}
        value={tolerance}
        said={`± ${tolerance}`}
        onChange={(value) => session.setTolerance(value)}
      />
    </section>
  );
}
