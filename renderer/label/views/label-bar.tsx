/** What can be done with the image: the way to others, tools, undo, the view. */

import type { ReactElement, ReactNode } from 'react';
import type { ImageNeighbours } from '../../../preload/contract/labelling.ts';
import { BackIcon, ForwardIcon } from '../../ui/icons.tsx';
import { useViewportPart } from '../canvas/use-viewport.ts';
import type { ViewControl } from '../canvas/view-control.ts';
import { ZOOM_STEP } from '../doc/viewport.ts';
import type { KeyTable } from '../keys.ts';
import type { LabelLinks } from '../label-api.ts';
import type { LabelSession } from '../session.ts';
import { usePart } from './use-session.ts';

export interface LabelBarProps {
  readonly session: LabelSession;
  readonly control: ViewControl;
  readonly neighbours: ImageNeighbours | null;
  readonly links: LabelLinks;
  readonly keys: KeyTable;
  readonly onHelp: () => void;
  readonly onView: () => void;
  readonly onHistory: () => void;
}

export function LabelBar(props: LabelBarProps): ReactElement {
  const { session, control, neighbours, links, keys, onHelp, onView, onHistory } = props;
  const { undo, redo, is_labelled } = usePart(session, (state) => state.document.told);
  const isSaving = usePart(session, (state) => state.unsaved > 0);
  return (
    <div className="label-bar" role="toolbar" aria-label="Labelling">
      <Neighbours {...{ neighbours, links, keys }} />
      <div className="label-group">
        <Press
          label="Undo"
          title={undo === null ? 'Nothing to undo' : `Undo: ${undo} (${keys.wordsOf('undo')})`}
          onPress={() => session.undo()}
          isOff={undo === null}
        />
        <Press
          label="Redo"
          title={redo === null ? 'Nothing to redo' : `Redo: ${redo} (${keys.wordsOf('redo')})`}
          onPress={() => session.redo()}
          isOff={redo === null}
        />
      </div>
      <div className="label-group">
        <Press label="−" title={`Smaller (${keys.wordsOf('zoom-out')})`} onPress={() => control.zoom(1 / ZOOM_STEP)} />
        <Scale control={control} keys={keys} />
        <Press label="+" title={`Larger (${keys.wordsOf('zoom-in')})`} onPress={() => control.zoom(ZOOM_STEP)} />
        <Press label="Fit" title={`Fit the image (${keys.wordsOf('fit')})`} onPress={() => control.fit(null)} />
      </div>
      <span className="label-saved" role="status">
        {isSaving ? 'Saving …' : is_labelled ? 'Saved' : 'Not labelled yet'}
      </span>
      <div className="label-group">
        <Press
          label="View"
          title={`Light, channels, which objects are on show (${keys.wordsOf('view')})`}
          onPress={onView}
        />
        <Press label="History" title={`Who did what, and when (${keys.wordsOf('history')})`} onPress={onHistory} />
        <Press label="Keys" title={`What keys do (${keys.wordsOf('help')})`} onPress={onHelp} />
      </div>
    </div>
  );
}

/** By itself, so that a move of the view draws nothing else of the page anew. */
function Scale({ control, keys }: Pick<LabelBarProps, 'control' | 'keys'>): ReactElement {
  const percent = useViewportPart(control, ({ scale }) => Math.round(scale * 100));
  return (
    <button
      type="button"
      className="button button-quiet label-zoom"
      title={`Full size (${keys.wordsOf('full-size')})`}
      onClick={() => control.fullSize()}
    >
      {percent} %
    </button>
  );
}

function Neighbours({ neighbours, links, keys }: Pick<LabelBarProps, 'neighbours' | 'links' | 'keys'>): ReactElement {
  const { previous = null, next = null, next_unlabelled = null, next_to_review = null } = neighbours ?? {};
  const place = neighbours === null ? '' : `${neighbours.position} of ${neighbours.count}`;
  return (
    <nav className="label-group" aria-label="Images">
      <ImageLink
        label={<BackIcon />}
        title={`Previous image (${keys.wordsOf('previous')})`}
        to={previous}
        links={links}
      />
      <span className="label-place">{place}</span>
      <ImageLink label={<ForwardIcon />} title={`Next image (${keys.wordsOf('next')})`} to={next} links={links} />
      <ImageLink
        label="Next unlabelled"
        title={`Next image that nobody has labelled (${keys.wordsOf('next-unlabelled')})`}
        to={next_unlabelled}
        links={links}
      />
      <ImageLink
        label="Next to review"
        title={`Next image that is done (${keys.wordsOf('next-to-review')})`}
        to={next_to_review}
        links={links}
      />
    </nav>
  );
}

/** A word is a name by itself; a sign needs one. */
const nameOf = (label: ReactNode, title: string): string | undefined =>
  typeof label === 'string' && label.length > 1 ? undefined : title;

interface ImageLinkProps {
  readonly label: ReactNode;
  readonly title: string;
  readonly to: number | null;
  readonly links: LabelLinks;
}

function ImageLink({ label, title, to, links }: ImageLinkProps): ReactElement {
  if (to === null) return <Press label={label} title={title} onPress={() => {}} isOff />;
  return (
    <a className="button button-quiet" href={links.label(to)} title={title} aria-label={nameOf(label, title)}>
      {label}
    </a>
  );
}

interface PressProps {
  readonly label: ReactNode;
  readonly title: string;
  readonly onPress: () => void;
  readonly isOff?: boolean;
}

function Press({ label, title, onPress, isOff = false }: PressProps): ReactElement {
  return (
    <button
      type="button"
      className="button button-quiet"
      title={title}
      aria-label={nameOf(label, title)}
      onClick={onPress}
      disabled={isOff}
    >
      {label}
    </button>
  );
}
