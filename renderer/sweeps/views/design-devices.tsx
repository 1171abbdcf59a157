/** The devices a sweep's trials are shared out to: one trial at a time on each card. */

import type { ReactElement } from 'react';
import type { DeviceChoice } from '../../../preload/contract/training.ts';
import { Tick } from '../../ui/tick.tsx';

export interface DesignDevicesProps {
  readonly devices: readonly DeviceChoice[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

export function DesignDevices({ devices, chosen, onChange }: DesignDevicesProps): ReactElement {
  // In the order of the list, whichever was ticked first.
  const change = (device: string, isOn: boolean) =>
    onChange(devices.map((entry) => entry.device).filter((name) => (name === device ? isOn : chosen.includes(name))));
  return (
    <fieldset className="design-devices">
      <legend>Devices</legend>
      {devices.map(({ device, problem }) => (
        <div key={device}>
          <Tick isOn={chosen.includes(device)} onChange={(isOn) => change(device, isOn)}>
            {device}
          </Tick>
          {problem === null ? null : <p className="field-note">{problem}</p>}
        </div>
      ))}
    </fieldset>
  );
}
