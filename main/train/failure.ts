/** What a child says when it fails: wrong input in its own words, memory and bugs in ours. */

import { AppError, messageOf } from '../../preload/contract/errors.ts';
import type { Device } from '../devices/device.ts';
import { explainDeviceFailure } from '../devices/explain.ts';
import { type ErrorRecord, toErrorRecord } from '../images/error-record.ts';
import { isOutOfMemory } from './less-memory.ts';

const ADVICE = 'reduce training_batch_size, validation_batch_size or the crop sizes';

/** `device`: where the job ran, whose own words are then understood. */
export function toFailure(error: unknown, device: Device): ErrorRecord {
  if (error instanceof AppError) return toErrorRecord(error);
  const text = messageOf(error);
  const ofDevice = explainDeviceFailure(device, text);
  if (ofDevice !== null) return toErrorRecord(ofDevice);
  if (isOutOfMemory(error, device)) {
    return toErrorRecord(new AppError('out-of-memory', `out of memory: ${ADVICE} (${text})`));
  }
  const stack = error instanceof Error ? error.stack : undefined;
  return toErrorRecord(new AppError('internal-error', text, { stack }));
}
