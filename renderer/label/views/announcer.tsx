/** Tells screen readers what happened, politely; nobody sees it. */

import { type ReactElement, useEffect, useRef } from 'react';
import type { ImageNeighbours } from '../../../preload/contract/labelling.ts';
import { formatPlural } from '../../ui/format.ts';
import { REVIEW_WORDS } from '../../ui/review-words.ts';
import { announcementOf, placeOf } from '../announce.ts';
import type { KeyboardHand } from '../canvas/keyboard-hand.ts';
import type { LabelSession } from '../session.ts';
import { REACH } from '../tools/editor.ts';

export interface AnnouncerProps {
  readonly session: LabelSession;
  readonly hand: KeyboardHand;
  readonly neighbours: ImageNeighbours | null;
}

/** What happens within so long is told in one go. */
const TOGETHER_MS = 60;
/** A crosshair that moves says where it is once it has stopped. */
const STOPPED_MS = 400;

export function Announcer({ session, hand, neighbours }: AnnouncerProps): ReactElement {
  const live = useRef<HTMLParagraphElement>(null);
  const place = neighbours === null ? '' : `image ${neighbours.position} out of ${neighbours.count}`;
  useEffect(() => {
    const { annotations, told } = session.getState().document;
    const objects = formatPlural(annotations.length, 'object');
    if (place !== '') live.current!.textContent = `${place}, ${objects}, ${REVIEW_WORDS[told.review.state]}`;
  }, [session, place]);
  useEffect(() => {
    let before = session.getState();
    let texts: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      live.current!.textContent = texts.join('. ');
      texts = [];
    };
    const off = session.subscribe(() => {
      const after = session.getState();
      const text = announcementOf(before, after);
      before = after;
      if (text === '') return;
      texts.push(text);
      clearTimeout(timer);
      timer = setTimeout(tell, TOGETHER_MS);
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [session]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = '';
    const tell = () => {
      const state = hand.getState();
      if (state === null) return;
      const where = placeOf(session.document, state.at, REACH * session.pixel);
      const text = state.isDown ? `${where}, held` : where;
      if (text !== last) live.current!.textContent = text;
      last = text;
    };
    const off = hand.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(tell, STOPPED_MS);
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [session, hand]);
  return <p ref={live} className="visually-hidden" aria-live="polite" />;
}
