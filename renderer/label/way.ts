/** The way from one image to others. What is pressed while it is asked which one that is, is for the one that comes. */

import type { ImageNeighbours } from '../../preload/contract/labelling.ts';
import type { KeyGate } from './key-gate.ts';
import type { LabelApi } from './label-api.ts';
import type { LabelSession } from './session.ts';

type Beside = 'previous' | 'next';
type Waiting = 'next_unlabelled' | 'next_to_review';

const NOWHERE: Readonly<Record<Beside | Waiting, string>> = {
  previous: 'This is the first image.',
  next: 'This is the last image.',
  next_unlabelled: 'Every other image is labelled.',
  next_to_review: 'No other image waits for a review.',
};
const LEFT_OUT = 'What was pressed after it was for that image, and is left out.';

export interface WayParts {
  readonly image: number;
  readonly api: Pick<LabelApi, 'neighbours' | 'nextDisagreement'>;
  /** Null until the image is told. */
  readonly session: Pick<LabelSession, 'say'> | null;
  /** Null until they are told. */
  readonly neighbours: ImageNeighbours | null;
  readonly gate: Pick<KeyGate<unknown>, 'hold' | 'leave' | 'forget'>;
  /** Shows an image. */
  readonly follow: (image: number) => void;
}

export class Way {
  private readonly parts: WayParts;

  constructor(parts: WayParts) {
    this.parts = parts;
  }

  readonly go = (to: number): void => {
    const { image, gate, follow } = this.parts;
    if (to === image) return;
    gate.leave();
    follow(to);
  };

  /** In the order of the project. */
  goBeside(which: Beside): void {
    const { neighbours } = this.parts;
    if (neighbours === null) this.goOnce(this.askNeighbours(which), NOWHERE[which]);
    else this.goTo(neighbours[which], NOWHERE[which]);
  }

  /** To the next image that waits for something: which that is changes with every edit of anybody, so it is asked now. */
  goToWaiting(which: Waiting): void {
    this.goOnce(this.askNeighbours(which), NOWHERE[which]);
  }

  /** To the next image on which two models disagree. */
  readonly goToDisagreement = (): void => {
    const { api, image } = this.parts;
    this.goOnce(api.nextDisagreement(image), 'Two models disagree on no other image.');
  };

  /** Which image is before this one; null for none. */
  previous(): Promise<number | null> {
    const { neighbours } = this.parts;
    return neighbours === null ? this.askNeighbours('previous') : Promise.resolve(neighbours.previous);
  }

  /** What is pressed meanwhile comes after it. */
  during(work: Promise<unknown>): void {
    const release = this.parts.gate.hold();
    void work.then(release, release);
  }

  private async askNeighbours(which: Beside | Waiting): Promise<number | null> {
    return (await this.parts.api.neighbours(this.parts.image))[which];
  }

  private goOnce(asked: Promise<number | null>, nowhere: string): void {
    this.during(
      asked.then(
        (to) => this.goTo(to, nowhere),
        (error: Error) => this.refuse(error.message),
      ),
    );
  }

  private goTo(to: number | null, nowhere: string): void {
    if (to === null) this.refuse(nowhere);
    else this.go(to);
  }

  private refuse(words: string): void {
    const isAnyKept = this.parts.gate.forget() > 0;
    this.parts.session?.say(isAnyKept ? `${words} ${LEFT_OUT}` : words);
  }
}
