/** Which frames of a video or a sequence are taken. */

import type { ReactElement } from 'react';
import { Choice } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { framesProblem, type TypedFrames } from '../derive/frames.ts';

export interface FrameFieldsProps {
  readonly typed: TypedFrames;
  readonly onChange: (typed: TypedFrames) => void;
}

const UNITS = [
  { id: 'per_second', label: 'Frames a second' },
  { id: 'every', label: 'Every Nth frame' },
] as const;

export function FrameFields({ typed, onChange }: FrameFieldsProps): ReactElement {
  const isRate = typed.unit === 'per_second';
  return (
    <div className="import-more">
      {typed.of === 'sequence' ? null : (
        <Choice
          label="Which frames"
          value={typed.unit}
          options={UNITS}
          onChange={(unit) => onChange({ ...typed, unit })}
        />
      )}
      <Field
        label={isRate ? 'Frames a second' : 'Every Nth frame'}
        value={typed.text}
        onChange={(text) => onChange({ ...typed, text })}
        placeholder="1"
        description={isRate ? '0.5 takes one every two seconds' : '1 takes all, 5 one of every five'}
        problem={framesProblem(typed)}
        isNumber
      />
    </div>
  );
}
