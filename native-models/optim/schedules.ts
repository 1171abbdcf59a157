/** Learning-rate schedules, as factors of the initial rate. Source: product specification, section 6.7.1. */

export type Schedule =
  | { readonly kind: 'warmup_cosine'; readonly cycles: number; readonly warmupEpochs: number }
  | { readonly kind: 'step'; readonly gamma: number; readonly stepSize: number };

export interface Position {
  /** Optimizer steps before this one. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly totalEpochs: number;
}

/** `warmup_cosine` moves with every step; `step` with every epoch. */
export function learningRateFactor(schedule: Schedule, { step, stepsPerEpoch, totalEpochs }: Position): number {
  switch (schedule.kind) {
    case 'warmup_cosine': {
      const warmup = schedule.warmupEpochs * stepsPerEpoch;
      if (step < warmup) return step / warmup;
      const progress = (step - warmup) / (totalEpochs * stepsPerEpoch - warmup);
      return Math.max(0, 0.5 * (1 + Math.cos(2 * Math.PI * schedule.cycles * progress)));
    }
    case 'step':
      return schedule.gamma ** Math.floor(Math.floor(step / stepsPerEpoch) / schedule.stepSize);
    default:
      return schedule satisfies never;
  }
}
