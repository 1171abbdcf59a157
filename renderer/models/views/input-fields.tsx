/** How pictures are given to a model. */

import type { ReactElement } from 'react';
import type { InputMapping } from '../../../preload/contract/imported-models.ts';
import { Choice } from '../../ui/choice.tsx';
import { COLOURS, FITS, LAYOUTS } from '../derive/mapping-words.ts';
import { NumberField, TripleField } from './number-fields.tsx';

export interface InputFieldsProps {
  readonly input: InputMapping;
  readonly onChange: (input: InputMapping) => void;
}

export function InputFields({ input, onChange }: InputFieldsProps): ReactElement {
  const set = (changes: Partial<InputMapping>) => onChange({ ...input, ...changes });
  return (
    <fieldset className="model-fields">
      <legend>
        What it is shown, in <code>{input.name}</code>
      </legend>
      <NumberField label="Width in pixels" value={input.width} onChange={(width) => set({ width })} />
      <NumberField label="Height in pixels" value={input.height} onChange={(height) => set({ height })} />
      <Choice label="Layout" value={input.layout} options={LAYOUTS} onChange={(layout) => set({ layout })} />
      <Choice label="Colours" value={input.colour} options={COLOURS} onChange={(colour) => set({ colour })} />
      <Choice label="Picture" value={input.fit} options={FITS} onChange={(fit) => set({ fit })} />
      <NumberField label="Levels divided by" value={input.divisor} onChange={(divisor) => set({ divisor })} />
      <TripleField label="Then less (mean)" value={input.mean} onChange={(mean) => set({ mean })} />
      <TripleField
        label="Then divided by (deviation)"
        value={input.deviation}
        onChange={(deviation) => set({ deviation })}
      />
      <TripleField label="Levels beside the picture" value={input.frame} onChange={(frame) => set({ frame })} />
    </fieldset>
  );
}
