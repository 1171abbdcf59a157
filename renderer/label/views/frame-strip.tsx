/** The frames of a sequence beneath the picture: where one is, which are key frames, and what is done with tracks. */

import type { ReactElement } from 'react';
import { isTracked, keyImages } from '../doc/tracks.ts';
import type { FrameCommand, KeyTable } from '../keys.ts';
import type { LabelSession } from '../session.ts';
import type { SequenceControl } from './use-sequence.ts';
import { usePart } from './use-session.ts';

export interface FrameStripProps {
  readonly image: number;
  readonly session: LabelSession;
  readonly sequence: SequenceControl;
  readonly keys: KeyTable;
}

export function FrameStrip({ image, session, sequence, keys }: FrameStripProps): ReactElement | null {
  const selection = usePart(session, (state) => state.selection);
  const { view, between, hasFilled } = sequence;
  if (view === null) return null;
  const { images, numbers, name, tracks } = view;
  const at = images.indexOf(image);
  const last = images.length - 1;
  const chosen = session.chosen().filter(isTracked);
  const keyed = new Set(keyImages(view, new Set(chosen.map(({ track }) => track.id))));
  const hasEnd = chosen.length > 0 && chosen.every(({ track }) => track.role === 'end');
  const press = (what: FrameCommand, id: string, label: string, title: string, isOff = false) => (
    <button
      type="button"
      className="button button-quiet"
      title={`${title} (${keys.wordsOf(id)})`}
      disabled={isOff}
      onClick={() => sequence.act(what)}
    >
      {label}
    </button>
  );
  return (
    <section className="label-frames" aria-label="Frames">
      <div className="label-group">
        {press('previous', 'frame-previous', '‹', 'Previous frame', at <= 0)}
        {press('next', 'frame-next', '›', 'Next frame', at === last)}
      </div>
      <div className="label-frame-line">
        <input
          type="range"
          aria-label="Frame"
          aria-valuetext={`frame ${numbers[at]}${keyed.has(image) ? ', key frame' : ''}`}
          min={0}
          max={last}
          value={at}
          onChange={({ target }) => sequence.goTo(images[Number(target.value)]!)}
        />
        <div className="label-frame-keys" aria-hidden="true">
          {images.flatMap((one, i) =>
            keyed.has(one) ? [<i key={one} style={{ left: `${(100 * i) / Math.max(last, 1)}%` }} />] : [],
          )}
        </div>
      </div>
      <output className="label-hint" title={name}>
        frame {numbers[at]} · {at + 1} of {images.length}
        {keyed.has(image) ? ' · key frame' : ''}
      </output>
      <div className="label-group">
        {press(
          'key',
          'key-frame',
          'Key frame',
          'Make this a key frame: of the chosen boxes, else of those that are dashed',
          selection.size === 0 && between.length === 0,
        )}
        {press(
          'end',
          'track-end',
          hasEnd ? 'Goes on' : 'Ends here',
          hasEnd ? 'The object goes on after this frame' : 'The object is gone after this frame',
          chosen.length === 0,
        )}
        {press(
          'fill',
          'track-fill',
          'Fill in',
          `Make objects of the boxes between key frames${chosen.length > 0 ? ', of what is chosen' : ''}`,
          tracks.length === 0,
        )}
        {hasFilled ? (
          <button type="button" className="button button-quiet" onClick={sequence.undoFill}>
            Undo filling in
          </button>
        ) : null}
      </div>
    </section>
  );
}
