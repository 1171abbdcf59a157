/** The tools, each with its key. */

import type { ReactElement } from 'react';
import type { KeyTable } from '../keys.ts';
import type { LabelSession } from '../session.ts';
import type { ToolName } from '../tools/tool.ts';
import { TOOL_WORDS } from '../tools/toolbox.ts';
import { usePart } from './use-session.ts';

const TOOLS = Object.entries(TOOL_WORDS) as [ToolName, string][];

export function ToolColumn({ session, keys }: { session: LabelSession; keys: KeyTable }): ReactElement {
  const current = usePart(session, (state) => state.tool);
  return (
    <fieldset className="label-tools" aria-label="Tools">
      {TOOLS.map(([name, label]) => (
        <button
          key={name}
          type="button"
          className="button button-quiet label-tool"
          aria-pressed={current === name}
          title={`${label} (${keys.wordsOf(`tool-${name}`)})`}
          onClick={() => session.takeTool(name)}
        >
          <span>{label}</span>
          <kbd>{keys.wordsOf(`tool-${name}`)}</kbd>
        </button>
      ))}
    </fieldset>
  );
}
