import type { ReactElement } from 'react';
import { Choice } from '../../../ui/choice.tsx';
import { Field } from '../../../ui/field.tsx';
import type { FormField } from '../../derive/run-form.ts';

export interface HyperparameterFieldProps {
  readonly field: FormField;
  /** As typed; empty for the default. */
  readonly value: string;
  readonly problem: string | null;
  readonly onChange: (name: string, value: string) => void;
}

const WORDS: Readonly<Record<string, string>> = { '0': 'no', '1': 'yes' };

/** A field of the kind that the hyperparameter's range asks for. */
export function HyperparameterField({ field, value, problem, onChange }: HyperparameterFieldProps): ReactElement {
  const { name, kind, meaning, range } = field;
  if (kind === 'text') {
    return (
      <Field
        label={name}
        value={value}
        onChange={(text) => onChange(name, text)}
        placeholder={field.default === '' ? 'off' : field.default}
        description={`${meaning}; ${range}`}
        problem={problem}
        isNumber
      />
    );
  }
  const words = (option: string) => (kind === 'flag' ? WORDS[option]! : option);
  const options = (kind === 'flag' ? ['1', '0'] : field.values).map((option) => ({
    id: option,
    label: option === field.default ? `${words(option)} (default)` : words(option),
  }));
  return (
    <Choice
      label={name}
      value={value === '' ? field.default : value}
      options={options}
      onChange={(option) => onChange(name, option === field.default ? '' : option)}
      description={problem ?? meaning}
    />
  );
}
