/** The device a run trains on and the weights it starts from. */

import type { ReactElement } from 'react';
import { backboneOf } from '../../../../native-models/catalog.ts';
import type { TrainingChoices, WeightsChoice } from '../../../../preload/contract/training.ts';
import { Choice } from '../../../ui/choice.tsx';

export const FROM_SCRATCH = 'from-scratch';

/** What a model starts from when nobody chooses. */
export function usualWeights(choices: TrainingChoices | null, model: string): string {
  return weightsFor(choices, model)[0]?.name ?? FROM_SCRATCH;
}

/** Weights of the model that this machine has, the usual ones first, then those of its backbone. */
function weightsFor(choices: TrainingChoices | null, model: string): WeightsChoice[] {
  const of = (name: string | null) => (choices?.weights ?? []).filter((entry) => entry.model === name);
  return [...of(model), ...of(backboneOf(model))];
}

export interface WhereAndFromProps {
  /** Null until the engine has told them. */
  readonly choices: TrainingChoices | null;
  readonly model: string;
  readonly device: string;
  readonly weights: string;
  readonly setDevice: (device: string) => void;
  readonly setWeights: (weights: string) => void;
}

export function WhereAndFrom(props: WhereAndFromProps): ReactElement {
  const { choices, model, device, weights, setDevice, setWeights } = props;
  const devices = choices?.devices ?? [{ device, problem: null }];
  const chosen = devices.find((entry) => entry.device === device);
  const own = weightsFor(choices, model);
  return (
    <section className="card panel fields" aria-label="Device and weights">
      <Choice
        label="Device"
        value={device}
        options={devices.map((entry) => ({ id: entry.device, label: entry.device, note: entry.problem }))}
        onChange={setDevice}
        description={chosen?.problem ?? 'Nothing is known to be missing for it.'}
      />
      <Choice
        label="Weights"
        value={weights}
        options={[
          ...own.map((entry) => ({
            id: entry.name,
            label: entry.name,
            note: [entry.model === model ? null : 'the backbone alone', entry.title, entry.licence]
              .filter(Boolean)
              .join(' · '),
          })),
          { id: FROM_SCRATCH, label: 'None: from scratch', note: 'needs many more images and epochs' },
        ]}
        onChange={setWeights}
        description={own.length > 0 ? 'Pretrained weights of this machine.' : noWeights(model)}
      />
    </section>
  );
}

const noWeights = (model: string): string =>
  `This machine has none for ${model}. Bring some with: lightbench weights fetch ${model}`;
