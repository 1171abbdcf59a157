/** One of several, chosen from a list that opens. */

import type { ReactElement } from 'react';
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue, Text } from 'react-aria-components';
import { ChevronIcon } from './icons.tsx';

export interface Option<T extends string> {
  readonly id: T;
  readonly label: string;
  /** A second line, smaller. */
  readonly note?: string | null;
}

export interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
  readonly description?: string;
  /** The label is read aloud and not shown. */
  readonly hidesLabel?: boolean;
  readonly isDisabled?: boolean;
}

export function Choice<T extends string>(props: ChoiceProps<T>): ReactElement {
  const { label, value, options, onChange, description, hidesLabel = false, isDisabled = false } = props;
  return (
    <Select
      className="field choice"
      value={value}
      isDisabled={isDisabled}
      onChange={(key) => onChange(key as T)}
      {...(hidesLabel ? { 'aria-label': label } : {})}
    >
      {hidesLabel ? null : <Label>{label}</Label>}
      <Button className="button choice-button">
        <SelectValue className="choice-value">{({ selectedText }) => selectedText}</SelectValue>
        <ChevronIcon />
      </Button>
      {description === undefined ? null : (
        <Text slot="description" className="field-note">
          {description}
        </Text>
      )}
      <Popover className="popover">
        <ListBox className="menu" items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.label} className="menu-item">
              <Text slot="label">{option.label}</Text>
              {option.note === undefined || option.note === null ? null : <Text slot="description">{option.note}</Text>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
