/** Yes or no. */

import type { ReactElement, ReactNode } from 'react';
import { Checkbox } from 'react-aria-components';
import { TickIcon } from './icons.tsx';

export interface TickProps {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly children?: ReactNode;
  /** What is read aloud where there is no text beside it. */
  readonly label?: string;
}

export function Tick({ isOn, onChange, children, label }: TickProps): ReactElement {
  return (
    <Checkbox className="tick" isSelected={isOn} onChange={onChange} {...(label ? { 'aria-label': label } : {})}>
      <span className="tick-box">
        <TickIcon />
      </span>
      {children}
    </Checkbox>
  );
}
