/** The four tasks, spelled as on the command line and in the database. Source: product specification, section 2. */

import { z } from 'zod';

export const Task = z.enum([
  'image-classification',
  'image-classification-multilabel',
  'image-object-detection',
  'image-instance-segmentation',
]);
export type Task = z.infer<typeof Task>;

export const Split = z.enum(['train', 'validation', 'test']);
export type Split = z.infer<typeof Split>;
