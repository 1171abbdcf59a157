/** The project's labelled images as a data set for other tools, and what its format cannot hold. */

import { type FormEvent, type ReactElement, useState } from 'react';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import { Split } from '../../../preload/contract/tasks.ts';
import type { ExportFormatName, ExportReport, ExportRequest } from '../../../preload/contract/transfers.ts';
import { BackLink } from '../../ui/back-link.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { FolderPicker } from '../../ui/folder-picker.tsx';
import { formatPlural } from '../../ui/format.ts';
import { Problem } from '../../ui/problem.tsx';
import { splitWords } from '../../ui/split-words.ts';
import { Tick } from '../../ui/tick.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useLoaded } from '../../ui/use-loaded.ts';
import { useStream } from '../../ui/use-stream.ts';
import { useWatched } from '../../ui/use-watched.ts';
import { FORMAT_WORDS } from '../derive/words.ts';
import type { ChoosePath, TransferApi, TransferLinks } from '../transfer-api.ts';
import { ActiveCard } from './active-card.tsx';
import { ProgressCard } from './progress-card.tsx';

export interface ExportPageProps {
  readonly project: ProjectOverview;
  readonly api: TransferApi;
  readonly links: TransferLinks;
  readonly choosePath: ChoosePath | null;
}

const ALL = 'all';

export function ExportPage({ project, api, links, choosePath }: ExportPageProps): ReactElement {
  const state = useWatched(api.watch);
  const formats = useLoaded(api.exportFormats).loaded ?? [];
  const [format, setFormat] = useState<ExportFormatName>('coco');
  const [split, setSplit] = useState<Split | typeof ALL>(ALL);
  const [withImages, setWithImages] = useState(true);
  const [parent, setParent] = useState('');
  const [name, setName] = useState(`${project.name} export`);
  const check = useStream(api.checkExport);
  const start = useAction(api.startExport, () => check.forget());
  const shownFormat = formats.includes(format) ? format : (formats[0] ?? format);
  const request: ExportRequest = {
    ...{ format: shownFormat, parent, name: name.trim() },
    ...{ split: split === ALL ? null : split, with_images: withImages },
  };
  const isReady = parent !== '' && name.trim() !== '' && formats.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.run(request);
  };
  const active = state?.active ?? null;
  const last = state?.last ?? null;
  return (
    <>
      <div className="page-head">
        <BackLink href={links.data} to="Data" />
        <h1>Export</h1>
        <p className="muted">of {project.name}</p>
      </div>
      <Problem
        title="The export was not written"
        text={
          start.problem ?? check.problem ?? (last?.kind === 'failed' && last.what === 'export' ? last.problem : null)
        }
      />
      {active === null ? null : <ActiveCard {...{ active, api }} />}
      <div className="transfer">
        <form className="card panel import-source" aria-label="Export" onSubmit={submit}>
          <h2>As what, and where</h2>
          <Choice
            label="Format"
            value={shownFormat}
            options={formats.map((id) => ({ id, label: FORMAT_WORDS[id] }))}
            onChange={(chosen) => {
              setFormat(chosen);
              check.forget();
            }}
          />
          <Choice
            label="Images"
            value={split}
            options={[
              { id: ALL, label: 'Every labelled image' },
              ...Split.options.map((id) => ({ id, label: splitWords(id) })),
            ]}
            onChange={setSplit}
          />
          <Tick isOn={withImages} onChange={setWithImages}>
            Copy the pictures too
          </Tick>
          <Field label="Name of the new folder" value={name} onChange={setName} />
          <Place {...{ api, parent, choosePath }} onParent={setParent} />
          <div className="transfer-actions">
            <button
              type="button"
              className="button"
              disabled={!isReady || check.isBusy}
              onClick={() => check.run(request)}
            >
              What would be lost?
            </button>
            <button type="submit" className="button button-main" disabled={!isReady || start.isBusy || active !== null}>
              Export
            </button>
          </div>
        </form>
        <div className="transfer-main">
          {check.isBusy ? (
            <ProgressCard
              title="Trying the export"
              progress={check.progress}
              onStop={check.stop}
              note="Nothing stays."
            />
          ) : null}
          {check.result === null ? null : <ExportCard report={check.result.report} isTry />}
          {check.result === null && !check.isBusy && last?.kind === 'exported' ? (
            <ExportCard report={last.report} isTry={false} />
          ) : null}
        </div>
      </div>
    </>
  );
}

interface PlaceProps {
  readonly api: TransferApi;
  readonly parent: string;
  readonly choosePath: ChoosePath | null;
  readonly onParent: (folder: string) => void;
}

function Place({ api, parent, choosePath, onParent }: PlaceProps): ReactElement {
  if (choosePath === null) return <FolderPicker list={api.folders} onFolder={onParent} />;
  const choose = async () => {
    const folder = await choosePath('folder');
    if (folder !== null) onParent(folder);
  };
  return (
    <div className="transfer-actions">
      <p className="path">{parent === '' ? 'No folder chosen yet' : `in ${parent}`}</p>
      <button type="button" className="button" onClick={() => void choose()}>
        Choose where …
      </button>
    </div>
  );
}

function ExportCard({ report, isTry }: { report: ExportReport; isTry: boolean }): ReactElement {
  const { format, folder, images, objects, not_kept, missing, warnings } = report;
  const counted = `${formatPlural(images, 'image')}${objects > 0 ? ` with ${formatPlural(objects, 'object')}` : ''}`;
  return (
    <section className="card panel import-report" aria-label="Report">
      <h2>
        {counted} {isTry ? 'would be written' : images === 1 ? 'was written' : 'were written'} as {FORMAT_WORDS[format]}
      </h2>
      <p className="muted path">{folder}</p>
      <Losses title="What the format cannot hold" lines={not_kept} none="The format holds all of it." />
      <Losses title="Pictures that are not there" lines={missing} none={null} />
      <Losses title="Worth knowing" lines={warnings} none={null} />
    </section>
  );
}

function Losses({ title, lines, none }: { title: string; lines: readonly string[]; none: string | null }) {
  if (lines.length === 0) return none === null ? null : <p>{none}</p>;
  return (
    <>
      <h3>{title}</h3>
      <ul className="report-lines">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}
