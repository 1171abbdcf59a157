/** A worker thread of the batch feed of a detector, which also makes what training is fed of the objects. */

import { findDetector } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import { serveFeed } from '../images/serve-feed.ts';

serveFeed(({ model, classes, params, most }, canvas) => {
  const card = findDetector(model);
  assert(card, `model "${model}" is not in the catalog`);
  return card.build({ classes, params, slots: most }).targets(canvas);
});
