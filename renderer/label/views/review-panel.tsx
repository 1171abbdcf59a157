/** How far the image is: to do, done, accepted, or rejected with a note; and how long it was worked on. */

import type { ReactElement } from 'react';
import { ReviewState } from '../../../preload/contract/review.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { formatDuration } from '../../ui/format.ts';
import { NoteForm } from '../../ui/note-form.tsx';
import { REVIEW_WORDS } from '../../ui/review-words.ts';
import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';
import { usePart } from './use-session.ts';
import { useWorkTime } from './use-work-time.ts';

export interface ReviewPanelProps {
  readonly session: LabelSession;
  readonly api: LabelApi;
  readonly image: number;
  readonly onReview: (state: ReviewState) => void;
}

export function ReviewPanel({ session, api, image, onReview }: ReviewPanelProps): ReactElement {
  const { review } = usePart(session, (state) => state.document.told);
  return (
    <section className="label-panel label-review" aria-label="Review">
      <fieldset className="label-flags" aria-label="How far the image is">
        {ReviewState.options.map((state) => (
          <button
            key={state}
            type="button"
            className={`button button-quiet label-tool review-${state}`}
            aria-pressed={review.state === state}
            onClick={() => onReview(state)}
          >
            {REVIEW_WORDS[state]}
          </button>
        ))}
      </fieldset>
      {review.note === '' ? null : <p className="label-note">{review.note}</p>}
      <AtWork key={image} {...{ session, api, image }} />
    </section>
  );
}

/** By itself, so that a second that passes draws nothing else anew. */
function AtWork({ session, api, image }: Omit<ReviewPanelProps, 'onReview'>): ReactElement {
  const toldMs = usePart(session, (state) => state.workMs);
  const untoldMs = useWorkTime(api, image, session);
  return <p className="label-hint">{formatDuration(Math.round((toldMs + untoldMs) / 1000))} at work</p>;
}

export interface RejectDialogProps {
  readonly isOpen: boolean;
  /** What was said last. */
  readonly note: string;
  readonly onReject: (note: string) => void;
  readonly onClose: () => void;
}

/** Asks why: whoever labels the image again needs to know. */
export function RejectDialog({ isOpen, note, onReject, onClose }: RejectDialogProps): ReactElement {
  return (
    <Dialog title="Reject the labels" isOpen={isOpen} onClose={onClose}>
      <NoteForm label="What is wrong" note={note} button="Reject" onSubmit={onReject} />
    </Dialog>
  );
}
