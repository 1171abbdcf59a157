/** Images that look alike, the worst first: in several parts of the data, or labelled differently. */

import { type ReactElement, useEffect, useState } from 'react';
import type { DataState, FoundLookAlikes, LookAlikes } from '../../../preload/contract/data.ts';
import { Badge } from '../../ui/badge.tsx';
import { formatCount, formatPlural } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';
import { Notice } from '../../ui/notice.tsx';
import { fraction01, type Pace, paceWords } from '../../ui/pace.ts';
import { Problem } from '../../ui/problem.tsx';
import { useStream } from '../../ui/use-stream.ts';
import type { CardStore } from './card-store.ts';
import type { DataSource } from './data-source.ts';
import { Picture } from './picture.tsx';
import { LeftNote } from './undo-buttons.tsx';
import { type Edits, useEdits } from './use-edits.ts';
import { useCards } from './use-images.ts';

export interface LookAlikesPageProps {
  readonly source: DataSource;
  readonly state: DataState | null;
  readonly colors: ReadonlyMap<string, string>;
}

const GROUPS_A_PAGE = 40;
const SHOWN_OF_A_GROUP = 12;

export function LookAlikesPage({ source, state, colors }: LookAlikesPageProps): ReactElement {
  const search = useStream(source.lookAlikes);
  const found = search.result?.found ?? null;
  const [pages, setPages] = useState(1);
  const { cards } = useCards(source, state?.version ?? null);
  const edits = useEdits(source, state);
  const groups = found?.groups.slice(0, pages * GROUPS_A_PAGE) ?? [];
  const shown = groups.flatMap(({ ids }) => ids.slice(0, SHOWN_OF_A_GROUP));
  const wanted = shown.slice(-GROUPS_A_PAGE * SHOWN_OF_A_GROUP).join();
  useEffect(() => {
    if (wanted !== '') cards.want(wanted.split(',').map(Number));
  }, [cards, wanted]);

  if (search.isBusy) return <Searching pace={search.progress} onStop={search.stop} />;
  if (found === null) return <Begin problem={search.problem} onStart={search.run} />;
  return (
    <div className="look-alikes">
      <header className="panel-head">
        <h2>{summaryOf(found)}</h2>
        <button type="button" className="button" onClick={() => search.run()}>
          Look again
        </button>
      </header>
      <Problem title="That was not done" text={edits.problem} />
      <LeftNote text={edits.left} />
      {found.unread.length === 0 ? null : (
        <p className="reason">
          {formatPlural(found.unread.length, 'image')} could not be read; the first: {found.unread[0]!.reason}
        </p>
      )}
      {groups.map((group) => (
        <Group key={group.ids[0]} {...{ group, cards, colors, edits }} />
      ))}
      {groups.length < found.groups.length ? (
        <button type="button" className="button" onClick={() => setPages(pages + 1)}>
          Show more of {formatCount(found.groups.length)}
        </button>
      ) : null}
    </div>
  );
}

function Begin({ problem, onStart }: { problem: string | null; onStart: () => void }): ReactElement {
  return (
    <>
      <Problem title="The search failed" text={problem} />
      <Notice
        title="Which images look alike?"
        text="Every image is looked at once and its fingerprint kept. Copies that are in more than one part of the data make a model look better than it is."
        action={
          <button type="button" className="button button-main" onClick={onStart}>
            Look for them
          </button>
        }
      />
    </>
  );
}

function Searching({ pace, onStop }: { pace: Pace | null; onStop: () => void }): ReactElement {
  return (
    <section className="card panel live-progress" aria-label="Progress">
      <Meter fraction01={pace === null ? 0 : (fraction01(pace) ?? 0)} label="Images looked at" isBusy />
      <p role="status">{pace === null ? 'Beginning …' : wordsOf(pace)}</p>
      <button type="button" className="button" onClick={onStop}>
        Stop
      </button>
    </section>
  );
}

function wordsOf(pace: Pace): string {
  const total = pace.total === null ? '' : ` of ${formatPlural(pace.total, 'image')}`;
  return `${formatCount(pace.done)}${total} looked at · ${paceWords(pace)}`;
}

interface GroupProps {
  readonly group: LookAlikes;
  readonly cards: CardStore;
  readonly colors: ReadonlyMap<string, string>;
  readonly edits: Edits;
}

function Group({ group, cards, colors, edits }: GroupProps): ReactElement {
  const { ids, is_leak, is_conflict } = group;
  return (
    <section className="card panel look-alike" aria-label={formatPlural(ids.length, 'image')}>
      <header className="panel-head">
        <h3>{formatPlural(ids.length, 'image')}</h3>
        {is_leak ? <Badge tone="bad">in several parts</Badge> : null}
        {is_conflict ? <Badge tone="warn">labelled differently</Badge> : null}
        <div className="page-actions">
          <button
            type="button"
            className="button"
            disabled={edits.isBusy}
            onClick={() => edits.edit({ kind: 'split', ids, split: 'train' })}
          >
            Put all in train
          </button>
          <button
            type="button"
            className="button"
            disabled={edits.isBusy}
            onClick={() => edits.edit({ kind: 'tag', ids: ids.slice(1), change: 'add', tag: 'duplicate' })}
          >
            Tag all but the first
          </button>
        </div>
      </header>
      <ul className="look-alike-row">
        {ids.slice(0, SHOWN_OF_A_GROUP).map((id) => {
          const card = cards.get(id);
          return (
            <li key={id} title={card?.name}>
              {card === null ? <span className="picture" /> : <Picture card={card} colors={colors} />}
              <span className="cell-text">
                {card === null ? '' : [card.split ?? 'any part', ...card.classes].join(' · ')}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function summaryOf({ groups }: FoundLookAlikes): string {
  const leaks = groups.filter(({ is_leak }) => is_leak).length;
  const conflicts = groups.filter(({ is_conflict }) => is_conflict).length;
  return `${formatPlural(groups.length, 'group')}: ${formatCount(leaks)} in several parts, ${formatCount(conflicts)} labelled differently`;
}
