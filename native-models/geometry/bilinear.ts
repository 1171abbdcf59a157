/** Values between those of a grid. */

/** A place between two of a grid's along one axis, and how far it is on from the lower to the higher, in [0,1]. */
export interface Between {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** `at`: the grid's value by row and column. */
export function bilinear(at: (row: number, column: number) => number, row: Between, column: Between): number {
  const upper = at(row.low, column.low) * (1 - column.share) + at(row.low, column.high) * column.share;
  const lower = at(row.high, column.low) * (1 - column.share) + at(row.high, column.high) * column.share;
  return upper * (1 - row.share) + lower * row.share;
}
