/** The place after another in a row that is gone round in, or the one before it; `at` is -1 where one stands on none of them. */
export function around(at: number, by: 1 | -1, count: number): number {
  const start = at === -1 && by === -1 ? count : at;
  return (start + by + count) % count;
}
