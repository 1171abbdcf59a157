/** What a format, or a project, could not hold, counted by kind, so that nobody learns it from the copy. */

export class Losses {
  private readonly counts = new Map<string, number>();

  /** `what` is told with its number before it: "crowds are written as other objects". */
  note(what: string, count = 1): void {
    if (count > 0) this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  list(): string[] {
    return [...this.counts].map(([what, count]) => `${count} ${what}`);
  }
}
