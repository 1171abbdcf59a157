import type { ReactElement } from 'react';
import { backboneOf } from '../../../../native-models/catalog.ts';
import type { ModelOption } from '../../derive/run-form.ts';

export interface ModelPickerProps {
  readonly models: readonly ModelOption[];
  readonly chosen: string;
  /** Models that this machine has weights for. */
  readonly withWeights: ReadonlySet<string>;
  readonly onChoose: (name: string) => void;
}

/** Every model of the task, one to choose. */
export function ModelPicker({ models, chosen, withWeights, onChoose }: ModelPickerProps): ReactElement {
  const hasBackbone = (name: string) => !withWeights.has(name) && withWeights.has(backboneOf(name) ?? '');
  return (
    <fieldset className="card panel models">
      <legend>Model</legend>
      {models.map(({ name, title }) => {
        const [head, ...rest] = title.split(': ');
        return (
          <label key={name} className="model">
            <input type="radio" name="model" checked={name === chosen} onChange={() => onChoose(name)} />
            <span>
              <strong>{head}</strong> <code>{name}</code>
              <small>
                {rest.join(': ')}
                {withWeights.has(name) ? ' · weights here' : ''}
                {hasBackbone(name) ? ' · weights of its backbone here' : ''}
              </small>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
