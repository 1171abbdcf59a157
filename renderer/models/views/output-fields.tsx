/** What a model's answers mean. */

import type { ReactElement } from 'react';
import type { OutputMapping, ValueFacts } from '../../../preload/contract/imported-models.ts';
import { Choice } from '../../ui/choice.tsx';
import { Tick } from '../../ui/tick.tsx';
import {
  ACTIVATIONS,
  BOX_UNITS,
  CANDIDATE_ACTIVATIONS,
  CORNER_ORDERS,
  FIRST_LABELS,
  ORDERS,
  QUERY_ACTIVATIONS,
  UNITS,
} from '../derive/mapping-words.ts';
import { NumberField } from './number-fields.tsx';

export interface OutputFieldsProps {
  readonly output: OutputMapping;
  /** Of the model. */
  readonly outputs: readonly ValueFacts[];
  readonly onChange: (output: OutputMapping) => void;
}

const NONE = ' none';

export function OutputFields({ output, outputs, onChange }: OutputFieldsProps): ReactElement {
  const names = outputs.map(({ name, shape }) => {
    return { id: name, label: name, note: `[${shape.map((side) => side ?? '?').join(', ')}]` };
  });
  const named = (label: string, value: string, set: (name: string) => void) => (
    <Choice label={label} value={value} options={names} onChange={set} />
  );
  return (
    <fieldset className="model-fields">
      <legend>What it answers</legend>
      {output.kind === 'classes' ? (
        <>
          {named('A number for each class', output.scores, (scores) => onChange({ ...output, scores }))}
          <Choice
            label="They are"
            value={output.activation}
            options={ACTIVATIONS}
            onChange={(activation) => onChange({ ...output, activation })}
          />
        </>
      ) : null}
      {output.kind === 'boxes' ? (
        <>
          {named('Boxes', output.boxes, (boxes) => onChange({ ...output, boxes }))}
          {named('Labels', output.labels, (labels) => onChange({ ...output, labels }))}
          {named('Scores', output.scores, (scores) => onChange({ ...output, scores }))}
          <Choice
            label="Masks"
            value={output.masks ?? NONE}
            options={[{ id: NONE, label: 'none' }, ...names]}
            onChange={(masks) => onChange({ ...output, masks: masks === NONE ? null : masks })}
          />
          <Choice
            label="Corners"
            value={output.order}
            options={CORNER_ORDERS}
            onChange={(order) => onChange({ ...output, order })}
          />
          <Choice
            label="Boxes in"
            value={output.units}
            options={BOX_UNITS}
            onChange={(units) => onChange({ ...output, units })}
          />
          <Choice
            label="Label of the first class"
            value={output.first_label === 1 ? '1' : '0'}
            options={FIRST_LABELS}
            onChange={(first) => onChange({ ...output, first_label: first === '1' ? 1 : 0 })}
          />
        </>
      ) : null}
      {output.kind === 'candidates' ? (
        <>
          {named('Candidates', output.output, (name) => onChange({ ...output, output: name }))}
          <Choice
            label="With"
            value={output.order}
            options={ORDERS}
            onChange={(order) => onChange({ ...output, order })}
          />
          <Choice
            label="Boxes in"
            value={output.units}
            options={UNITS}
            onChange={(units) => onChange({ ...output, units })}
          />
          <Choice
            label="Scores are"
            value={output.activation}
            options={CANDIDATE_ACTIVATIONS}
            onChange={(activation) => onChange({ ...output, activation })}
          />
          <NumberField
            label="Same object from an overlap of"
            value={output.overlap}
            onChange={(overlap) => onChange({ ...output, overlap: Math.min(1, overlap) })}
          />
          <NumberField
            label="Numbers after the classes"
            value={output.extra}
            onChange={(extra) => onChange({ ...output, extra: Math.max(0, Math.round(extra)) })}
          />
          <Choice
            label="Masks are mixed of"
            value={output.prototypes ?? NONE}
            options={[{ id: NONE, label: 'none' }, ...names]}
            onChange={(masks) => onChange({ ...output, prototypes: masks === NONE ? null : masks })}
          />
          <Tick isOn={output.has_objectness} onChange={(has_objectness) => onChange({ ...output, has_objectness })}>
            Says how sure it is of an object, beside its classes
          </Tick>
        </>
      ) : null}
      {output.kind === 'finished' ? (
        <>
          {named('Rows of corners, score and class', output.output, (name) => onChange({ ...output, output: name }))}
          <Choice
            label="Boxes in"
            value={output.units}
            options={BOX_UNITS}
            onChange={(units) => onChange({ ...output, units })}
          />
        </>
      ) : null}
      {output.kind === 'queries' ? (
        <>
          {named('Centres and sides', output.boxes, (boxes) => onChange({ ...output, boxes }))}
          {named('A number for each class', output.logits, (logits) => onChange({ ...output, logits }))}
          <Choice
            label="They are"
            value={output.activation}
            options={QUERY_ACTIVATIONS}
            onChange={(activation) => onChange({ ...output, activation })}
          />
        </>
      ) : null}
    </fieldset>
  );
}
