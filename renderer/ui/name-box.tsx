/** A name to type, with those that are there already to choose from. */

import type { ReactElement } from 'react';
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components';
import { ChevronIcon } from './icons.tsx';

export interface NameBoxProps {
  readonly label: string;
  readonly value: string;
  readonly names: readonly string[];
  readonly onChange: (value: string) => void;
  readonly autoFocus?: boolean;
}

export function NameBox({ label, value, names, onChange, autoFocus = false }: NameBoxProps): ReactElement {
  return (
    <ComboBox
      className="field name-box"
      inputValue={value}
      onInputChange={onChange}
      allowsCustomValue
      menuTrigger="focus"
      items={names.map((name) => ({ id: name }))}
      autoFocus={autoFocus}
    >
      <Label>{label}</Label>
      <div className="name-box-row">
        <Input autoComplete="off" spellCheck={false} />
        <Button className="button button-quiet" aria-label={`Show all: ${label}`}>
          <ChevronIcon />
        </Button>
      </div>
      <Popover className="popover">
        <ListBox className="menu">
          {({ id }: { id: string }) => (
            <ListBoxItem id={id} textValue={id} className="menu-item">
              {id}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
