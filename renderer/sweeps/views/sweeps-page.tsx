import { type ReactElement, useCallback } from 'react';
import type { SweepHead } from '../../../preload/contract/sweep.ts';
import { formatMetric, formatTime, MISSING } from '../../ui/format.ts';
import { HeadRow } from '../../ui/head-row.tsx';
import { CurveIcon, PlusIcon } from '../../ui/icons.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useLoaded } from '../../ui/use-loaded.ts';
import type { SweepApi, SweepLinks } from '../sweep-api.ts';
import { SweepBadge } from './trial-state.tsx';

export interface SweepsPageProps {
  readonly api: SweepApi;
  readonly links: SweepLinks;
  /** Another value whenever there is something new. */
  readonly news: unknown;
}

/** All sweeps of the project, or how to start the first. */
export function SweepsPage({ api, links, news }: SweepsPageProps): ReactElement {
  // biome-ignore lint/correctness/useExhaustiveDependencies: news are a reason to ask again
  const list = useCallback(() => api.list(), [api, news]);
  const { loaded: sweeps, problem } = useLoaded(list);
  const add = (
    <a className="button button-main" href={links.newSweep(null)}>
      <PlusIcon /> New sweep
    </a>
  );
  if (sweeps === null) {
    return problem === null ? <div aria-busy="true" /> : <Problem title="Sweeps cannot be shown" text={problem} />;
  }
  if (sweeps.length === 0) {
    const text =
      'A sweep trains many runs with hyperparameters drawn from ranges, ends the poor ones early, and says which is best.';
    return <Notice icon={<CurveIcon />} title="No sweeps yet" text={text} action={add} />;
  }
  return (
    <>
      <div className="page-head">
        <h1>Sweeps</h1>
        <div className="page-actions">{add}</div>
      </div>
      <Problem title="Sweeps cannot be shown as they are now" text={problem} />
      <div className="card panel">
        <table className="plain sweeps">
          <thead>
            <HeadRow titles={['Sweep', 'State', 'Trials', 'Best', 'Epochs saved', 'Begun']} />
          </thead>
          <tbody>
            {sweeps.map((sweep) => (
              <SweepRow key={sweep.id} sweep={sweep} href={links.sweep(sweep.id)} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function SweepRow({ sweep, href }: { sweep: SweepHead; href: string }): ReactElement {
  const { id, name, state, trial_count: count, plan, best, epochs, created_at_ms: created } = sweep;
  return (
    <tr>
      <th scope="row">
        <a href={href}>{name === null ? id : `${name} (${id})`}</a>
      </th>
      <td>
        <SweepBadge state={state} />
      </td>
      <td className="number">
        {count} of {plan.iterations}
      </td>
      <td className="number">{best === null ? MISSING : `${formatMetric(best.value)} in trial ${best.trial}`}</td>
      <td className="number">{epochs.saved}</td>
      <td>{formatTime(created)}</td>
    </tr>
  );
}
