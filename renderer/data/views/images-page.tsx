/** Finding, seeing and changing the images of the project. */

import { type ReactElement, useCallback, useEffect, useMemo, useState } from 'react';
import { type DataFacts, type DataState, type ImageQuery, NO_FILTER } from '../../../preload/contract/data.ts';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import { Choice, type Option } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { FolderIcon } from '../../ui/icons.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Problem } from '../../ui/problem.tsx';
import { kept, NOTHING } from '../derive/selection.ts';
import { conditionCount, countWords, SORT_WORDS } from '../derive/words.ts';
import { BulkBar } from './bulk-bar.tsx';
import type { DataSource } from './data-source.ts';
import { FilterPanel } from './filter-panel.tsx';
import { ImageDialog } from './image-dialog.tsx';
import { ImageGrid, type Look } from './image-grid.tsx';
import { PredictDialog } from './predict-dialog.tsx';
import { TableHead } from './table-head.tsx';
import { LeftNote, UndoButtons } from './undo-buttons.tsx';
import { useEdits } from './use-edits.ts';
import { useCards, useFound } from './use-images.ts';

export interface ImagesPageProps {
  readonly project: ProjectOverview;
  readonly source: DataSource;
  /** Runs, and models from elsewhere, that can be asked what they see. */
  readonly models: readonly Option<string>[];
  readonly state: DataState | null;
  readonly facts: DataFacts | null;
  /** The same object until something changes. */
  readonly colors: ReadonlyMap<string, string>;
  /** The page that labels an image. */
  readonly labelLink: (image: number) => string;
  /** The page of models from elsewhere. */
  readonly modelsLink: string;
  /** The page that brings images in. */
  readonly importLink: string;
}

const AT_FIRST: ImageQuery = { filter: NO_FILTER, sort: { by: 'added', descending: false } };

export function ImagesPage({
  project,
  models,
  source,
  state,
  facts,
  colors,
  labelLink,
  modelsLink,
  importLink,
}: ImagesPageProps): ReactElement {
  const [query, setQuery] = useState(AT_FIRST);
  const [look, setLook] = useState<Look>('grid');
  const [selection, setSelection] = useState(NOTHING);
  const [opened, setOpened] = useState<number | null>(null);
  const [isPredicting, setPredicting] = useState(false);
  const version = state?.version ?? null;
  const { list, problem } = useFound(source, query, version);
  const { cards, revision } = useCards(source, version);
  const edits = useEdits(source, state);

  useEffect(() => {
    if (list !== null) setSelection((before) => kept(before, list));
  }, [list]);
  const ids = useMemo(() => [...selection.ids], [selection.ids]);
  const step = useCallback(
    (by: 1 | -1) =>
      setOpened((at) => (at === null || list === null ? at : Math.max(0, Math.min(list.length - 1, at + by)))),
    [list],
  );
  const openedId = opened === null ? null : (list?.[opened] ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: revision tells that cards have come
  const openedCard = useMemo(() => (openedId === null ? null : cards.get(openedId)), [openedId, cards, revision]);
  useEffect(() => {
    if (openedId !== null && cards.get(openedId) === null) cards.want([openedId]);
  }, [openedId, cards]);

  return (
    <div className="browser">
      {facts === null ? (
        <div className="card skeleton filters" />
      ) : (
        <FilterPanel facts={facts} filter={query.filter} onChange={(filter) => setQuery({ ...query, filter })} />
      )}
      <div className="browser-main">
        <Toolbar {...{ query, setQuery, look, setLook, edits }} counted={countWords(list?.length ?? null, facts)} />
        <Problem title="That was not done" text={edits.problem ?? problem} />
        <LeftNote text={edits.left} />
        {facts === null || facts.images === 0 ? null : (
          <BulkBar
            {...{ ids, task: project.task, facts, isBusy: edits.isBusy }}
            onEdit={edits.edit}
            onPredict={() => setPredicting(true)}
            onClear={() => setSelection(NOTHING)}
          />
        )}
        {list?.length === 0 ? (
          <NothingFound isFiltered={conditionCount(query.filter) > 0} importLink={importLink} />
        ) : list === null ? (
          <div className="images card skeleton" role="status" aria-label="Loading the images" />
        ) : (
          <>
            {look === 'table' ? <TableHead sort={query.sort} onSort={(sort) => setQuery({ ...query, sort })} /> : null}
            <ImageGrid
              {...{ list, cards, revision, colors, look, selection }}
              onSelect={setSelection}
              onOpen={setOpened}
            />
          </>
        )}
      </div>
      {isPredicting ? (
        <PredictDialog {...{ ids, models, source, modelsLink }} onClose={() => setPredicting(false)} />
      ) : null}
      <ImageDialog card={openedCard} {...{ colors, labelLink }} onStep={step} onClose={() => setOpened(null)} />
    </div>
  );
}

interface ToolbarProps {
  readonly query: ImageQuery;
  readonly setQuery: (query: ImageQuery) => void;
  readonly look: Look;
  readonly setLook: (look: Look) => void;
  readonly edits: ReturnType<typeof useEdits>;
  readonly counted: string;
}

function Toolbar({ query, setQuery, look, setLook, edits, counted }: ToolbarProps): ReactElement {
  const { filter, sort } = query;
  return (
    <div className="toolbar" role="toolbar" aria-label="Images">
      <Field
        label="Name contains"
        value={filter.text}
        onChange={(text) => setQuery({ ...query, filter: { ...filter, text } })}
        placeholder="any name"
      />
      <Choice
        label="Sort by"
        value={sort.by}
        options={Object.entries(SORT_WORDS).map(([id, label]) => ({ id: id as typeof sort.by, label }))}
        onChange={(by) => setQuery({ ...query, sort: { ...sort, by } })}
      />
      <button
        type="button"
        className="button"
        aria-label={sort.descending ? 'Descending; sort ascending' : 'Ascending; sort descending'}
        onClick={() => setQuery({ ...query, sort: { ...sort, descending: !sort.descending } })}
      >
        {sort.descending ? '↓' : '↑'}
      </button>
      <fieldset className="switch">
        <legend className="visually-hidden">Look</legend>
        {(['grid', 'table'] as const).map((name) => (
          <button key={name} type="button" aria-pressed={look === name} onClick={() => setLook(name)}>
            {name === 'grid' ? 'Grid' : 'Table'}
          </button>
        ))}
      </fieldset>
      <p className="muted toolbar-count" role="status">
        {counted}
      </p>
      <UndoButtons edits={edits} />
    </div>
  );
}

function NothingFound({ isFiltered, importLink }: { isFiltered: boolean; importLink: string }): ReactElement {
  return isFiltered ? (
    <Notice title="No image is like that" text="Take conditions off to see more." />
  ) : (
    <Notice
      icon={<FolderIcon />}
      title="No images yet"
      text="Bring some in: folders, archives and files of annotations, with labels where there are any."
      action={
        <a className="button button-main" href={importLink}>
          Import
        </a>
      }
    />
  );
}
