/** Models from elsewhere that can be asked about the project's images, and the way to add one. */

import { type ReactElement, useState } from 'react';
import type { ModelShelf } from '../../../preload/contract/imported-models.ts';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import { BackLink } from '../../ui/back-link.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import { doesWhat } from '../derive/mapping-words.ts';
import type { ChooseFile, ModelApi, ModelLinks } from '../model-api.ts';
import { AddModel } from './add-model.tsx';

export interface ModelsPageProps {
  readonly project: ProjectOverview;
  readonly shelf: ModelShelf;
  readonly api: ModelApi;
  readonly links: ModelLinks;
  readonly chooseFile: ChooseFile | null;
}

export function ModelsPage({ project, shelf, api, links, chooseFile }: ModelsPageProps): ReactElement {
  const { models, damaged } = shelf;
  const remove = useAction(api.remove);
  const [added, setAdded] = useState<string | null>(null);
  return (
    <>
      <div className="page-head">
        <BackLink href={links.data} to="Data" />
        <h1>Models from elsewhere</h1>
        <p className="muted">asked as runs are, to propose labels</p>
      </div>
      <Problem title="The model was not removed" text={remove.problem} />
      {damaged.map((problem) => (
        <Problem key={problem} title="A model of the project cannot be used" text={problem} />
      ))}
      {models.length === 0 ? null : (
        <section className="card panel" aria-label="Models">
          <ul className="model-list">
            {models.map((model) => (
              <li key={model.id} aria-current={model.id === added ? true : undefined}>
                <strong>{model.name}</strong> <span className="muted">{model.id}</span>
                <span>{doesWhat(model.mapping)}</span>
                <span className="muted path">{model.source}</span>
                <button
                  type="button"
                  className="button"
                  disabled={remove.isBusy}
                  aria-label={`Remove ${model.name}, with what it proposed`}
                  onClick={() => remove.run(model.id)}
                >
                  Remove
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <div className="transfer">
        <AddModel
          {...{ api, links, chooseFile }}
          known={project.classes.map(({ name }) => name)}
          onAdded={(model) => setAdded(model.id)}
        />
      </div>
    </>
  );
}
