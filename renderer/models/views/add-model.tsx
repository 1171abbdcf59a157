/** A model on its way in: chosen, looked at, mapped, tried, and added. */

import { type ReactElement, useState } from 'react';
import type {
  ImportedModel,
  ModelMapping,
  ModelSource,
  ModelSurvey,
} from '../../../preload/contract/imported-models.ts';
import { Field } from '../../ui/field.tsx';
import { FolderPicker } from '../../ui/folder-picker.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import type { ChooseFile, ModelApi, ModelLinks } from '../model-api.ts';
import { ClassFields } from './class-fields.tsx';
import { InputFields } from './input-fields.tsx';
import { OutputFields } from './output-fields.tsx';
import { TryCard } from './try-card.tsx';

export interface AddModelProps {
  readonly api: ModelApi;
  readonly links: ModelLinks;
  /** Classes of the project. */
  readonly known: readonly string[];
  /** Null where paths are another machine's, and chosen from its list. */
  readonly chooseFile: ChooseFile | null;
  readonly onAdded: (model: ImportedModel) => void;
}

const NOTHING: ModelSource = { path: '', decoder: null, labels: null };

export function AddModel({ api, links, known, chooseFile, onAdded }: AddModelProps): ReactElement {
  const [source, setSource] = useState(NOTHING);
  const [name, setName] = useState('');
  const [mapping, setMapping] = useState<ModelMapping | null>(null);
  const survey = useAction(api.survey, (found) => {
    setName(found.name);
    setMapping(found.mapping);
  });
  const add = useAction(api.add, (model) => {
    setSource(NOTHING);
    survey.forget();
    onAdded(model);
  });
  const change = (next: ModelSource) => {
    setSource(next);
    survey.forget();
    add.forget();
  };
  const found = survey.value;
  return (
    <>
      <SourceForm
        {...{ api, source, chooseFile }}
        onChange={change}
        isBusy={survey.isBusy}
        onLook={() => survey.run(source)}
      />
      <Problem title="The model cannot be used" text={survey.problem} />
      {found === null ? null : (
        <section className="card panel import-mapping" aria-label="How it is used">
          <Guesses survey={found} />
          {mapping === null ? null : (
            <>
              <Field label="Name" value={name} onChange={setName} />
              <MappingFields {...{ mapping, known }} survey={found} onChange={setMapping} />
              <TryCard {...{ api, links, source, mapping }} />
              <Problem title="The model was not added" text={add.problem} />
              <div className="transfer-actions">
                <p className="muted">Its files are copied into the project.</p>
                <button
                  type="button"
                  className="button button-main"
                  disabled={add.isBusy || name.trim() === ''}
                  onClick={() => add.run({ source, name: name.trim(), mapping: trimmed(mapping) })}
                >
                  {add.isBusy ? 'Adding …' : 'Add it to the project'}
                </button>
              </div>
            </>
          )}
        </section>
      )}
    </>
  );
}

/** A name of spaces is none. */
function trimmed(mapping: ModelMapping): ModelMapping {
  if (mapping.kind === 'clicks') return mapping;
  const classes = mapping.classes.map(({ name, to }) => ({
    name,
    to: to === null || to.trim() === '' ? null : to.trim(),
  }));
  return { ...mapping, classes };
}

function Guesses({ survey: { model, decoder, guesses, mapping } }: { survey: ModelSurvey }): ReactElement {
  const bytes = model.size_bytes + (decoder?.size_bytes ?? 0);
  return (
    <>
      <h2>
        {mapping === null ? 'Nobody knows how it is used' : 'How it is used'}{' '}
        <small className="muted">
          {formatBytes(bytes)}
          {model.producer === '' ? '' : `, made by ${model.producer}`}
        </small>
      </h2>
      <ul className="report-lines" aria-label="What was guessed">
        {guesses.map((guess) => (
          <li key={guess}>{guess}</li>
        ))}
      </ul>
    </>
  );
}

interface MappingFieldsProps {
  readonly survey: ModelSurvey;
  readonly mapping: ModelMapping;
  readonly known: readonly string[];
  readonly onChange: (mapping: ModelMapping) => void;
}

function MappingFields({ survey, mapping, known, onChange }: MappingFieldsProps): ReactElement {
  return (
    <>
      {mapping.kind === 'bundle' ? null : (
        <InputFields input={mapping.input} onChange={(input) => onChange({ ...mapping, input })} />
      )}
      {mapping.kind === 'mapped' ? (
        <OutputFields
          output={mapping.output}
          outputs={survey.model.outputs}
          onChange={(output) => onChange({ ...mapping, output })}
        />
      ) : null}
      {mapping.kind === 'clicks' ? null : (
        <ClassFields
          classes={mapping.classes}
          known={known}
          onChange={(classes) => onChange({ ...mapping, classes })}
        />
      )}
    </>
  );
}

interface SourceFormProps {
  readonly api: ModelApi;
  readonly source: ModelSource;
  readonly chooseFile: ChooseFile | null;
  readonly isBusy: boolean;
  readonly onChange: (source: ModelSource) => void;
  readonly onLook: () => void;
}

const orNone = (path: string): string | null => (path.trim() === '' ? null : path);

function SourceForm({ api, source, chooseFile, isBusy, onChange, onLook }: SourceFormProps): ReactElement {
  return (
    <form
      className="card panel import-source"
      aria-label="Model"
      onSubmit={(event) => {
        event.preventDefault();
        onLook();
      }}
    >
      <h2>Add a model from elsewhere</h2>
      <Field
        label="ONNX file, or the folder of a bundle"
        value={source.path}
        onChange={(path) => onChange({ ...source, path })}
        placeholder="a path on the engine’s machine"
      />
      {chooseFile === null ? (
        <FolderPicker list={api.folders} onFolder={IGNORED} onFile={(path) => onChange({ ...source, path })} />
      ) : (
        <div className="transfer-actions">
          <button
            type="button"
            className="button"
            onClick={async () => {
              const path = await chooseFile();
              if (path !== null) onChange({ ...source, path });
            }}
          >
            Choose a file …
          </button>
        </div>
      )}
      <details>
        <summary>Names of its classes, and models that are clicked</summary>
        <div className="import-more">
          <Field
            label="File with the names of its classes"
            value={source.labels ?? ''}
            onChange={(path) => onChange({ ...source, labels: orNone(path) })}
            placeholder="beside the model, or inside it"
          />
          <Field
            label="Second file, which answers clicks"
            value={source.decoder ?? ''}
            onChange={(path) => onChange({ ...source, decoder: orNone(path) })}
            placeholder="none"
            description="Of a pair as Segment Anything is published: the file above looks at the picture, this one answers."
          />
        </div>
      </details>
      <div className="transfer-actions">
        <p className="muted">Looks at the model first; nothing is written.</p>
        <button type="submit" className="button button-main" disabled={isBusy || source.path.trim() === ''}>
          {isBusy ? 'Looking …' : 'Look at it'}
        </button>
      </div>
    </form>
  );
}

const IGNORED = () => {};
