/** A number between two ends, with its name before it and what it says behind. */

import type { ReactElement } from 'react';

interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number | 'any';
  readonly value: number;
  /** The value in words. */
  readonly said: string;
  readonly onChange: (value: number) => void;
}

export function Slider({ label, said, onChange, ...range }: SliderProps): ReactElement {
  return (
    <label className="label-slider">
      <span>{label}</span>
      <input type="range" {...range} onChange={({ target }) => onChange(Number(target.value))} />
      <output>{said}</output>
    </label>
  );
}
