/** The four tasks, spelled as on the command line and in the database. Source: product specification, section 2. */

import { z } from 'zod';

export const Task = z.enum([
  'image-classification',
  'image-classification-multilabel',
  'image-object-detection',
  'image-instance-segmentation',
]);
export type Task = z.infer<typeof Task>;

/** What a run is judged by; larger is better. Source: product specification, section 8. */
export const PRIMARY_METRICS: Readonly<Record<Task, string>> = {
  'image-classification': 'accuracy',
  'image-classification-multilabel': 'iou',
  'image-object-detection': 'mean_average_precision',
  'image-instance-segmentation': 'mean_average_precision',
};

/** Tasks whose labels are of whole images: one class each, or any number of them. */
export const ClassificationTask = Task.extract(['image-classification', 'image-classification-multilabel']);
export type ClassificationTask = z.infer<typeof ClassificationTask>;

/** Whether the labels of a task are of whole images; those of all others are of objects. */
export const isClassification = (task: Task): task is ClassificationTask => ClassificationTask.safeParse(task).success;

/** Tasks whose labels are of objects in images. */
export const ObjectTask = Task.extract(['image-object-detection', 'image-instance-segmentation']);
export type ObjectTask = z.infer<typeof ObjectTask>;

export const Split = z.enum(['train', 'validation', 'test']);
export type Split = z.infer<typeof Split>;
