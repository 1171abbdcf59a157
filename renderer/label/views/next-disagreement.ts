/** Goes to the next image on which two models disagree. */

import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';

export const nextDisagreement =
  (api: LabelApi, image: number, session: LabelSession, go: (next: number) => void) => () =>
    void api.nextDisagreement(image).then(
      (next) => (next === null ? session.say('Two models disagree on no other image.') : go(next)),
      (error: Error) => session.say(error.message),
    );
