/** What a look at every file has found, and what can be done about it. */

import { type ReactElement, useState } from 'react';
import type { HealthReport, RepairRequest } from '../../../preload/contract/projects.ts';
import { Field } from '../../ui/field.tsx';
import { formatPlural } from '../../ui/format.ts';

export interface HealthListProps {
  readonly report: HealthReport;
  readonly isBusy: boolean;
  readonly onRepair: (request: RepairRequest) => void;
}

const SHOWN = 8;

export function HealthList({ report, isBusy, onRepair }: HealthListProps): ReactElement {
  const [search, setSearch] = useState('');
  const { missing, missing_count, changed, changed_count, strays, database, runs_without_model, damaged_models } =
    report;
  const lists = [strays, database, runs_without_model, damaged_models];
  const isSound = missing_count + changed_count === 0 && lists.every(({ length }) => length === 0);
  return (
    <div className="health" role="status">
      <p>
        <strong>{isSound ? 'Everything is in its place.' : 'Not everything is in its place.'}</strong>{' '}
        {formatPlural(report.images, 'image')} read.
        {report.is_kept ? ' Kept as the last good state.' : ''}
      </p>
      <Faults title={`${formatPlural(missing_count, 'image')} missing`} texts={missing.map(({ problem }) => problem)} />
      <Faults title={`${formatPlural(changed_count, 'image')} changed`} texts={changed.map(({ problem }) => problem)} />
      <Faults
        title={`${formatPlural(strays.length, 'file')} that no image is; compacting removes them`}
        texts={strays}
      />
      <Faults title="The database" texts={database} />
      <Faults title="Runs without their model" texts={runs_without_model} />
      <Faults title="Models from elsewhere" texts={damaged_models} />
      {missing_count === 0 ? null : (
        <div className="name-row">
          <Field label="Look for missing images in" value={search} onChange={setSearch} placeholder="a folder" />
          <button
            type="button"
            className="button"
            disabled={isBusy || search.trim() === ''}
            onClick={() => onRepair({ search: search.trim(), forget_missing: false })}
          >
            Look there
          </button>
          <button
            type="button"
            className="button button-danger"
            disabled={isBusy}
            onClick={() => onRepair({ search: null, forget_missing: true })}
          >
            Take them out
          </button>
        </div>
      )}
    </div>
  );
}

function Faults({ title, texts }: { title: string; texts: readonly string[] }): ReactElement | null {
  if (texts.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className="notes">
        {texts.slice(0, SHOWN).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </>
  );
}
