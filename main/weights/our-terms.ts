/** What a published file holds, in terms of the networks here. */

import { FROZEN_EPSILON } from '../../native-models/nn/frozen-batch-norm.ts';
import { withEpsilon } from '../../native-models/weights/norm-epsilon.ts';
import type { WeightsFile } from '../../native-models/weights/stored-tensor.ts';
import type { KnownWeights } from './catalogue.ts';
import { DESCRIPTION_KEY } from './recognise.ts';

/** Our own files are in our terms already. `known`: what is known of another one; asked only where it may matter. */
export function inOurTerms(file: WeightsFile, known: () => KnownWeights | null): WeightsFile {
  const hasBackbone = file.tensors.has('backbone.body.bn1.running_var');
  if (DESCRIPTION_KEY in file.metadata || !hasBackbone || known()?.normEpsilon !== 0) return file;
  return { ...file, tensors: withEpsilon(file.tensors, FROZEN_EPSILON) };
}
