/** A worker thread of the batch feed for pictures of which nothing is fed but what is seen. */

import { serveFeed } from './serve-feed.ts';

serveFeed(null);
