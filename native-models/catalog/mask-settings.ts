/** What becomes of the masks that a model finds. Source: product specification, section 6.5. */

import { fraction, type Hyperparameter, positive, row } from './hyperparameters.ts';

export const MASKS: readonly Hyperparameter[] = [
  row('mask_pixel_score_threshold', fraction, 0.5, 'pixels with a score above it are the object'),
  row('max_number_of_polygon_points', positive, 100, 'corners of an outline beyond which it is made simpler'),
];
