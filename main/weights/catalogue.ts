/** Published weights we know by their content, with what they expect of pixels and padding. */

import type { InputConvention } from '../../native-models/catalog.ts';

export interface KnownWeights {
  readonly name: string;
  readonly model: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly convention: InputConvention;
  readonly trainedOn: string;
  readonly licence: string;
  readonly origin: string;
}

export const KNOWN_WEIGHTS: readonly KnownWeights[] = [
  {
    name: 'mobilenet_v2_100_in1k_f16',
    model: 'mobilenetv2',
    sha256: '82d06a364374d420b726767851f01c233ddae35b8eb67054d0e0424f0a28e16d',
    sizeBytes: 7_240_904,
    // TensorFlow's: pixels to -1..1, and strided convolutions that pad at the right and bottom.
    convention: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5], stridedPadding: 'same-upper' },
    trainedOn: 'ImageNet-1k',
    licence: 'Apache-2.0',
    origin: 'google-coral/test_data, tf2_mobilenet_v2_1.0_224_ptq.tflite, dequantised',
  },
];
