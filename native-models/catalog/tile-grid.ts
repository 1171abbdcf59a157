/** How a grid of tiles is written. Source: product specification, sections 4.2, 6.3 and 14.1. */

export interface GridSize {
  /** Tiles along the width. */
  readonly columns: number;
  /** Tiles along the height. */
  readonly rows: number;
}

/** `(3, 2)`, `[3, 2]` or `3, 2`, whatever the blanks. */
const PAIR = /^\s*(?:\(\s*(\d+)\s*,\s*(\d+)\s*\)|\[\s*(\d+)\s*,\s*(\d+)\s*\]|(\d+)\s*,\s*(\d+))\s*$/;
/** `3x2`, of the later generation. */
const TIMES = /^\s*(\d+)\s*[xX]\s*(\d+)\s*$/;

/** The grid that a value of any spelling means, a list of two numbers among them; null where it means none. */
export function readGrid(value: unknown): GridSize | null {
  const text = Array.isArray(value) ? `[${value.join(', ')}]` : value;
  if (typeof text !== 'string') return null;
  const found = (PAIR.exec(text) ?? TIMES.exec(text))?.slice(1).filter((part) => part !== undefined);
  if (found === undefined) return null;
  const [columns, rows] = found.map(Number) as [number, number];
  return columns >= 1 && rows >= 1 ? { columns, rows } : null;
}

/** As the specification writes it. */
export const writeGrid = ({ columns, rows }: GridSize): string => `(${columns}, ${rows})`;
