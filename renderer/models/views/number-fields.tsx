/** Numbers that are typed: what does not read as one is said, and changes nothing. */

import { type ReactElement, useState } from 'react';
import { Field } from '../../ui/field.tsx';
import { tripleOf } from '../derive/mapping-words.ts';

export interface TypedProps<T> {
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export function NumberField({ label, value, onChange }: TypedProps<number>): ReactElement {
  const [text, setText] = useState(String(value));
  const isWrong = !(Number(text) > 0);
  return (
    <Field
      {...{ label, value: text }}
      isNumber
      problem={isWrong ? 'a number above 0' : null}
      onChange={(typed) => {
        setText(typed);
        if (Number(typed) > 0) onChange(Number(typed));
      }}
    />
  );
}

export function TripleField({ label, value, onChange }: TypedProps<readonly [number, number, number]>): ReactElement {
  const [text, setText] = useState(value.join(', '));
  const isWrong = tripleOf(text) === null;
  return (
    <Field
      {...{ label, value: text }}
      problem={isWrong ? 'three numbers: red, green, blue' : null}
      onChange={(typed) => {
        setText(typed);
        const triple = tripleOf(typed);
        if (triple !== null) onChange(triple);
      }}
    />
  );
}
