/** A data set on its way in: chosen, looked at, mapped, tried, and brought in. */

import { type ReactElement, useState } from 'react';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import type { ImportSource, TransferState } from '../../../preload/contract/transfers.ts';
import { BackLink } from '../../ui/back-link.tsx';
import { formatPlural } from '../../ui/format.ts';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useStream } from '../../ui/use-stream.ts';
import { useWatched } from '../../ui/use-watched.ts';
import { framedAs, nothingTyped, type TypedFrames, withFrames } from '../derive/frames.ts';
import { type Mapping, requestOf, UNCHANGED } from '../derive/mapping.ts';
import type { ChoosePath, TransferApi, TransferLinks } from '../transfer-api.ts';
import { ActiveCard } from './active-card.tsx';
import { MappingCard } from './mapping-card.tsx';
import { ProgressCard } from './progress-card.tsx';
import { ReportCard } from './report-card.tsx';
import { SourceCard } from './source-card.tsx';

export interface ImportPageProps {
  readonly project: ProjectOverview;
  readonly api: TransferApi;
  readonly links: TransferLinks;
  /** A path to begin with; empty for none. */
  readonly path: string;
  readonly choosePath: ChoosePath | null;
}

export function ImportPage({ project, api, links, path, choosePath }: ImportPageProps): ReactElement {
  const state = useWatched(api.watch);
  const [source, setSource] = useState<ImportSource>({ path, format: 'auto', images_folder: null, frames: null });
  const [typed, setTyped] = useState<TypedFrames | null>(null);
  const [mapping, setMapping] = useState<Mapping>(UNCHANGED);
  const survey = useStream(api.survey);
  const check = useStream(api.check);
  const start = useAction(api.startImport, () => survey.forget());
  const forget = () => {
    survey.forget();
    check.forget();
    start.forget();
  };
  const changeSource = (next: ImportSource) => {
    setSource(next);
    setTyped(null);
    setMapping(UNCHANGED);
    forget();
  };
  const found = survey.result?.survey ?? null;
  const asked = withFrames(source, typed);
  const framed = framedAs(asked, found);
  const isActive = state !== null && state.active !== null;
  return (
    <>
      <div className="page-head">
        <BackLink href={links.data} to="Data" />
        <h1>Import</h1>
        <p className="muted">into {project.name}</p>
      </div>
      <Problem title="The import was not begun" text={start.problem} />
      <UnderWay state={state} api={api} links={links} />
      {isActive ? null : (
        <div className="transfer">
          <SourceCard
            {...{ api, source, choosePath }}
            onChange={changeSource}
            frames={typed ?? (framed === null ? null : nothingTyped(framed))}
            onFrames={(next) => {
              setTyped(next);
              forget();
            }}
            isBusy={survey.isBusy}
            onLook={() => {
              forget();
              survey.run(asked);
            }}
          />
          <div className="transfer-main">
            <Problem title="This cannot be imported" text={survey.problem ?? check.problem} />
            {survey.isBusy ? (
              <ProgressCard
                title={framed === null ? 'Reading the annotations' : 'Reading the frames'}
                progress={survey.progress}
                onStop={survey.stop}
                note="Nothing is written."
              />
            ) : null}
            {found === null ? null : (
              <>
                <MappingCard
                  {...{ project, mapping }}
                  survey={found}
                  onChange={(next) => {
                    setMapping(next);
                    check.forget();
                  }}
                />
                {check.isBusy ? (
                  <ProgressCard
                    title="Looking at every picture"
                    progress={check.progress}
                    onStop={check.stop}
                    note="Nothing is written."
                  />
                ) : (
                  <div className="card panel transfer-actions">
                    <p className="muted">
                      A try opens {formatPlural(found.images, 'picture')} and says what would happen to each.
                    </p>
                    <button
                      type="button"
                      className="button"
                      onClick={() => check.run(requestOf(asked, found, mapping))}
                    >
                      Try it first
                    </button>
                    <button
                      type="button"
                      className="button button-main"
                      disabled={start.isBusy || found.images === 0}
                      onClick={() => start.run(requestOf(asked, found, mapping))}
                    >
                      Import
                    </button>
                  </div>
                )}
                {check.result === null ? null : <ReportCard report={check.result.report} />}
              </>
            )}
            {found === null && state?.last?.kind === 'imported' ? <ReportCard report={state.last.report} /> : null}
          </div>
        </div>
      )}
    </>
  );
}

interface UnderWayProps {
  readonly state: TransferState | null;
  readonly api: TransferApi;
  readonly links: TransferLinks;
}

/** What goes on, what went wrong, and what can be gone on with. */
function UnderWay({ state, api, links }: UnderWayProps): ReactElement | null {
  const goOn = useAction(api.startImport);
  const drop = useAction(api.forgetUnfinished);
  if (state === null) return null;
  const { active, last, unfinished } = state;
  if (active !== null) return <ActiveCard {...{ active, api }} />;
  return (
    <>
      <Problem
        title="The last import ended early"
        text={goOn.problem ?? drop.problem ?? (last?.kind === 'failed' && last.what === 'import' ? last.problem : null)}
      />
      {unfinished === null ? null : (
        <section className="reason transfer-actions" aria-label="Unfinished import">
          <p>
            The import of <span className="path">{unfinished.path}</span> did not come to its end. It goes on where it
            was: pictures that are in are not read again into the project.
          </p>
          <button type="button" className="button" disabled={drop.isBusy} onClick={() => drop.run()}>
            Leave it
          </button>
          <button
            type="button"
            className="button button-main"
            disabled={goOn.isBusy}
            onClick={() => goOn.run(unfinished)}
          >
            Go on
          </button>
        </section>
      )}
      {last?.kind === 'imported' && !last.report.cancelled ? (
        <p className="reason reason-good" role="status">
          {last.path} is in. <a href={links.data}>See the images</a>
        </p>
      ) : null}
    </>
  );
}
