/** What a designed sweep would do: size, time, disk, and what each policy would have stopped on sweeps of before. */

import type { ReactElement } from 'react';
import type { SweepDraft } from '../../../preload/contract/sweep-draft.ts';
import { formatBytes, formatCount, formatDuration, formatPlural } from '../../ui/format.ts';
import { HeadRow } from '../../ui/head-row.tsx';

export function DesignFacts({ draft }: { draft: SweepDraft }): ReactElement {
  const { grid_size: size, estimated_seconds: seconds, estimated_bytes: bytes } = draft;
  return (
    <section className="card panel" aria-label="What it would do">
      <h2>What it would do</h2>
      <dl className="design-facts">
        <dt>Configurations</dt>
        <dd>{size === null ? 'endless: a range is among them' : formatCount(size)}</dd>
        <dt>Time, one after another</dt>
        <dd>{seconds === null ? 'unknown: these models have not run here yet' : formatDuration(seconds)}</dd>
        <dt>Disk</dt>
        <dd>{bytes === null ? 'unknown: these models have not run here yet' : formatBytes(bytes)}</dd>
      </dl>
      {draft.notes.length === 0 ? null : (
        <ul className="notes muted">
          {draft.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <PolicyTable draft={draft} />
    </section>
  );
}

function PolicyTable({ draft: { policies } }: { draft: SweepDraft }): ReactElement | null {
  if (policies.length === 0 || policies[0]!.sweeps === 0) return null;
  return (
    <table className="plain counted">
      <caption>
        On {formatPlural(policies[0]!.sweeps, 'sweep')} of before, policies with their usual settings would have
      </caption>
      <thead>
        <HeadRow titles={['Policy', 'Trials stopped', 'Epochs saved', 'Best trial lost']} />
      </thead>
      <tbody>
        {policies.map(({ policy, trials_stopped: stopped, epochs, epochs_saved: saved, best_lost: lost }) => (
          <tr key={policy}>
            <th scope="row">{policy}</th>
            <td>{stopped}</td>
            <td>
              {saved} of {epochs}
            </td>
            <td>{lost}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
