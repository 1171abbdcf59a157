/** A process that labels an image as windows do, edit after edit, and says after each that it is done. */

import { randomGestures } from '../../kit/random-gestures.ts';

const EDITS = 200;
const [folder, seed] = process.argv.slice(2) as [string, string];

let edits = 0;
for await (const _ of randomGestures(folder, Number(seed))) {
  process.send!(++edits);
  if (edits === EDITS) break;
}
setInterval(() => {}, 1 << 30);
