/** A line of text to type, with its name, what it is for, and what is wrong with it while it is typed. */

import type { ReactElement } from 'react';
import { FieldError, Input, Label, Text, TextField } from 'react-aria-components';

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Stands in an empty field: what counts when nothing is typed. */
  readonly placeholder?: string;
  readonly description?: string;
  /** What is wrong, or null. */
  readonly problem?: string | null;
  readonly isNumber?: boolean;
  readonly isDisabled?: boolean;
  readonly autoFocus?: boolean;
}

export function Field(props: FieldProps): ReactElement {
  const { label, value, onChange, placeholder = '', description, problem = null, isNumber = false } = props;
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={problem !== null}
      validationBehavior="aria"
      isDisabled={props.isDisabled === true}
      autoFocus={props.autoFocus === true}
    >
      <Label>{label}</Label>
      <Input
        placeholder={placeholder}
        inputMode={isNumber ? 'decimal' : 'text'}
        autoComplete="off"
        spellCheck={false}
      />
      <FieldError className="field-problem">{problem}</FieldError>
      {description === undefined || problem !== null ? null : (
        <Text slot="description" className="field-note">
          {description}
        </Text>
      )}
    </TextField>
  );
}
