/** Training runs made up for tests of what reads and shows them. */

import { headOf } from '../../main/store/run-heads.ts';
import type { EpochRow, RunHead, RunSummary } from '../../preload/contract/run.ts';

/** 2024-05-17 09:30 UTC. */
const START_MS = Date.UTC(2024, 4, 17, 9, 30);
const EPOCH_SECONDS = 12.5;

/** The same as lists show it. */
export const madeHead = (...asked: Parameters<typeof madeRun>): RunHead => headOf(madeRun(...asked));

/** The same as its page shows it. */
export function madeCurved(...asked: Parameters<typeof madeRun>): RunHead & RunSummary {
  const run = madeRun(...asked);
  return { ...headOf(run), epochs: run.epochs };
}

/** A believable epoch: the losses fall, the accuracy rises toward one. */
export function madeEpoch(epoch: number, changes: Partial<EpochRow> = {}): EpochRow {
  const decay = Math.exp(-epoch / 5);
  return {
    epoch,
    train_loss: 0.1 + 2 * decay,
    metrics: { accuracy: 0.97 - 0.8 * decay, valid_loss: 0.2 + 1.8 * decay },
    learning_rate: 0.01 * Math.cos((epoch / 40) * Math.PI),
    seconds: EPOCH_SECONDS + (epoch % 3) / 4,
    images_per_second: 310 + (epoch % 4) * 3,
    data_wait_seconds: 0.1,
    per_label_metrics: null,
    ...changes,
  };
}

/** A run with `epochCount` epochs of the fifteen planned; its best epoch is the one of highest accuracy. */
export function madeRun(number: number, epochCount: number, changes: Partial<RunSummary> = {}): RunSummary {
  const epochs = changes.epochs ?? Array.from({ length: epochCount }, (_, i) => madeEpoch(i + 1));
  const scored = epochs.filter((row) => typeof row.metrics['accuracy'] === 'number');
  const best = scored.toSorted((a, b) => b.metrics['accuracy']! - a.metrics['accuracy']!)[0];
  const createdAtMs = START_MS + number * 3_600_000;
  const isFinished = !['queued', 'running'].includes(changes.state ?? 'completed');
  return {
    id: `r${String(number).padStart(4, '0')}`,
    state: 'completed',
    reason: null,
    model: 'mobilenetv2',
    device: 'cpu',
    params: { number_of_epochs: 15, training_batch_size: 32, learning_rate: 0.01, optimizer: 'sgd', nesterov: 1 },
    notes: [],
    created_at_ms: createdAtMs,
    finished_at_ms: isFinished ? createdAtMs + epochs.length * EPOCH_SECONDS * 1000 : null,
    primary_metric: { name: 'accuracy', best: best?.metrics['accuracy'] ?? null, epoch: best?.epoch ?? null },
    trial: null,
    thresholds: null,
    ...changes,
    epochs,
  };
}
