/** A child process that cuts large pictures into tiles. */

import { answerParent } from './answer-parent.ts';
import type { PyramidRequest } from './pyramid-cache.ts';
import { writePyramid } from './write-pyramid.ts';

answerParent<PyramidRequest, number>(({ path, part, folder }) => writePyramid(path, part, folder));
