/** The tools, each with its key. */

import type { ReactElement } from 'react';
import type { LabelSession } from '../session.ts';
import type { ToolName } from '../tools/tool.ts';
import { usePart } from './use-session.ts';

const TOOLS: readonly (readonly [name: ToolName, label: string, key: string])[] = [
  ['select', 'Choose', 'V'],
  ['box', 'Box', 'B'],
  ['extreme', 'Extremes', 'X'],
  ['polygon', 'Polygon', 'P'],
  ['cut', 'Cut hole', 'K'],
  ['brush', 'Brush', 'R'],
  ['eraser', 'Eraser', 'E'],
  ['fill', 'Fill', 'G'],
  ['wand', 'Wand', 'W'],
  ['superpixels', 'Superpixels', 'Q'],
  ['refine', 'Find object', 'O'],
  ['measure', 'Ruler', 'U'],
];

export function ToolColumn({ session }: { session: LabelSession }): ReactElement {
  const current = usePart(session, (state) => state.tool);
  return (
    <fieldset className="label-tools" aria-label="Tools">
      {TOOLS.map(([name, label, key]) => (
        <button
          key={name}
          type="button"
          className="button button-quiet label-tool"
          aria-pressed={current === name}
          title={`${label} (${key})`}
          onClick={() => session.takeTool(name)}
        >
          <span>{label}</span>
          <kbd>{key}</kbd>
        </button>
      ))}
    </fieldset>
  );
}
