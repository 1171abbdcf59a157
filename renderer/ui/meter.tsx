/** A share as a thin bar. */

import type { ReactElement } from 'react';

/** `label` is what a screen reader says with the value. */
export function Meter(props: { fraction01: number; label: string; isBusy?: boolean }): ReactElement {
  const percent = Math.round(props.fraction01 * 100);
  return (
    <div
      className={props.isBusy === true ? 'meter meter-busy' : 'meter'}
      role="progressbar"
      aria-label={props.label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span style={{ width: `${percent}%` }} />
    </div>
  );
}
