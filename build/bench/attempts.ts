/** The cases of a benchmark one after the other. One that fails costs its row and the command's success, not the others. */

export interface Attempted<Row> {
  readonly rows: readonly Row[];
  /** What failed, and why. */
  readonly failures: readonly string[];
}

/** `measure` gives null for a case that cannot be run here, which is no failure. */
export async function eachCase<Case extends { readonly name: string }, Row>(
  cases: readonly Case[],
  measure: (entry: Case) => Promise<Row | null>,
  progress: (row: Row) => void,
): Promise<Attempted<Row>> {
  const rows: Row[] = [];
  const failures: string[] = [];
  for (const entry of cases) {
    try {
      const row = await measure(entry);
      if (row === null) continue;
      rows.push(row);
      progress(row);
    } catch (error) {
      failures.push(`${entry.name}: ${error instanceof Error ? error.message : error}`);
      console.error(`failed: ${failures.at(-1)}`);
    }
  }
  return { rows, failures };
}
