/** Takes every frame out of a video, as an engine does, until it is killed: `take-frames.ts VIDEO FOLDER`. */

import { KeptFrames } from '../../../main/data/kept-frames.ts';

const [video, folder] = process.argv.slice(2) as [string, string];
await new KeptFrames(folder, { nowMs: Date.now }).open(video, { choice: { every: 1 } });
