/** A worker of the batch feed whose targets are the truth as it is. */

import { serveFeed } from '../../../../main/images/serve-feed.ts';
import { SlotTargets } from '../../../../native-models/detection/slots.ts';

serveFeed(({ most }, canvas) => new SlotTargets(canvas, most));
