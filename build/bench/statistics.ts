/** The value below which the given share of the others lies. */
export function quantile(values: readonly number[], share01: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share01 * sorted.length))]!;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A number for a table; a missing one is a dash. */
export const figure = (value: number | null, digits = 0): string => (value === null ? '–' : value.toFixed(digits));

/** A Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
