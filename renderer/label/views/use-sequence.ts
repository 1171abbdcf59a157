/** The sequence that an image is a frame of, and what is done with its frames and tracks. */

import { useEffect, useState, useSyncExternalStore } from 'react';
import type { TurnedEdit } from '../../../preload/contract/data.ts';
import type { BetweenBox, SequenceView } from '../../../preload/contract/sequences.ts';
import { beside, endTurned, isTracked, keyed, keyImages, withTrack } from '../doc/tracks.ts';
import type { FrameCommand } from '../keys.ts';
import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';
import type { Way } from '../way.ts';

export interface SequenceControl {
  /** Null for an image that is no frame. */
  readonly view: SequenceView | null;
  /** Boxes of tracks that are no objects on this image yet. */
  readonly between: readonly BetweenBox[];
  /** Whether boxes were filled in here since the image was opened, and not taken back. */
  readonly hasFilled: boolean;
  act(what: FrameCommand): void;
  goTo(image: number): void;
  setKey(boxes: readonly BetweenBox[]): void;
  undoFill(): void;
}

export interface SequenceParts {
  readonly api: LabelApi;
  readonly image: number;
  /** Null until the image is told. */
  readonly session: LabelSession | null;
  readonly way: Way;
}

const nothing = () => () => {};

/** Taken anew with every change of the image; what is known of its frames stays while the next one of them is opened. */
export function useSequence({ api, image, session, way }: SequenceParts): SequenceControl {
  const [told, setTold] = useState<{ readonly of: number; readonly view: SequenceView | null } | null>(null);
  const [filled, setFilled] = useState<{ readonly on: number; readonly edit: number } | null>(null);
  const document = useSyncExternalStore(session?.subscribe ?? nothing, () => session?.getState().document ?? null);
  useEffect(() => {
    if (document === null) return;
    let isCurrent = true;
    api.sequence(image).then(
      (view) => {
        if (isCurrent) setTold({ of: image, view });
      },
      () => {}, // the session tells why the image is not there
    );
    return () => {
      isCurrent = false;
    };
  }, [api, image, document]);

  const view = told?.of === image || told?.view?.images.includes(image) === true ? told.view : null;
  const between = told?.of === image ? (told.view?.between ?? []) : [];
  const attempt = <T>(work: Promise<T>, then: (done: T) => void = () => {}) =>
    way.during(work.then(then, (error: Error) => session?.say(error.message)));
  const setKey = (boxes: readonly BetweenBox[]) => {
    if (boxes.length > 0) session?.commit('set key frame', boxes.map(keyed));
  };
  /** Frames stay as they are; what is between key frames changes with every edit, so it is asked at once. */
  const act = (what: FrameCommand) => {
    if (session === null) return;
    if (view !== null && (what === 'previous' || what === 'next')) carryOut(what, session, view);
    else attempt(api.sequence(image), (current) => carryOut(what, session, current));
  };
  const carryOut = (what: FrameCommand, session: LabelSession, view: SequenceView | null) => {
    if (view === null) return session.say('This image is no frame of a video or a sequence.');
    const chosen = session.chosen();
    const tracks = new Set(chosen.filter(isTracked).map(({ track }) => track.id));
    const follow = (next: number | null) => next !== null && way.go(next);
    switch (what) {
      case 'previous':
      case 'next':
        follow(beside(view, image, what === 'next' ? 1 : -1));
        break;
      case 'previous-key':
      case 'next-key':
        follow(beside(view, image, what === 'next-key' ? 1 : -1, keyImages(view, tracks)));
        break;
      case 'key':
        if (chosen.length === 0) setKey(view.between);
        else attempt(makeKeys(api, image, session));
        break;
      case 'end':
        if (tracks.size === 0) session.say('Choose a box of a track, to say that the object is gone after this frame.');
        else session.commit('end or go on with a track', chosen.filter(isTracked).map(endTurned));
        break;
      case 'fill':
        attempt(api.fillTracks(view.id, tracks.size === 0 ? null : [...tracks]), ({ id }) => {
          if (id === null) session.say('There is nothing to fill in between key frames.');
          else setFilled({ on: image, edit: id });
        });
        break;
      default:
        what satisfies never;
    }
  };
  const undoFill = () => {
    if (filled === null) return;
    attempt(api.undoEdit(filled.edit), (turned) => {
      setFilled(null);
      const problem = unturned(turned);
      if (problem !== null) session?.say(problem);
    });
  };
  return { view, between, hasFilled: filled?.on === image, act, goTo: way.go, setKey, undoFill };
}

/** What of a filling in was not taken back, and why; null where all of it was. */
function unturned(turned: TurnedEdit | null): string | null {
  if (turned === null) return 'Filling in was taken back already.';
  const kept = turned.left.reduce((sum, { count }) => sum + count, 0);
  return kept === 0 ? null : `Filling in is taken back, but for what was changed since: ${kept} of its changes.`;
}

/** Chosen boxes become key frames: of their tracks, or of one that begins with them. */
async function makeKeys(api: LabelApi, image: number, session: LabelSession): Promise<void> {
  const boxes = session.chosen().filter(({ shape }) => shape.kind === 'box');
  if (boxes.length === 0) return session.say('A track has boxes alone: make a box of it first.');
  const changes = [];
  for (const box of boxes) {
    if (isTracked(box) && box.track.role === 'key') continue;
    changes.push(withTrack(box, { id: box.track?.id ?? (await api.beginTrack(image)), role: 'key' }));
  }
  if (changes.length > 0) session.commit('set key frame', changes);
}
