/** The value below which the given share of the others lies. */
export function quantile(values: readonly number[], share01: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share01 * sorted.length))]!;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** What every comparison with a peer says; null where there was none. */
export interface ComparedRow {
  readonly name: string;
  readonly ours_ms: number;
  readonly peer_ms: number | null;
  readonly ratio: number | null;
  readonly ours_peak_mb: number;
  readonly peer_peak_mb: number | null;
  readonly ours_spread_ms: readonly [number, number];
  readonly peer_spread_ms: readonly [number, number] | null;
  /** CPU time, ours over the peer's least. */
  readonly cpu_ratio: number | null;
}

/** A number for a table; a missing one is a dash. */
export const figure = (value: number | null, digits = 0): string => (value === null ? '–' : value.toFixed(digits));

/** A Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
