/** Three seeds in one figure, and what two sets of three say of each other. */

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean, least and greatest. */
export const spread = (values: readonly number[], digits = 3): string =>
  `${mean(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;

/** Whether the two ranges meet, each widened by its own width: three seeds show only part of a spread. */
export function overlap(a: readonly number[], b: readonly number[]): boolean {
  const range = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [low - (high - low), high + (high - low)] as const;
  };
  const [p, q] = [range(a), range(b)];
  return p[0] <= q[1] && q[0] <= p[1];
}

/** Whether every one of `theirs` is above every one of `ours`. */
export const isBeyond = (theirs: readonly number[], ours: readonly number[]): boolean =>
  Math.min(...theirs) > Math.max(...ours);
