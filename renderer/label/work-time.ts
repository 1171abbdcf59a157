/** How long somebody is at work on an image: what lies between deeds, pauses cut short. Units: milliseconds. */

/** Whoever does nothing for longer has turned to something else. */
export const LONGEST_PAUSE_MS = 60_000;

export class WorkTime {
  private lastMs: number;
  private untakenMs = 0;
  /** Taken, and perhaps not told yet. */
  private onItsWayMs = 0;

  /** The image is opened. */
  constructor(nowMs: number) {
    this.lastMs = nowMs;
  }

  /** Something was done, or the image is left. */
  note(nowMs: number): void {
    this.untakenMs += Math.min(Math.max(0, nowMs - this.lastMs), LONGEST_PAUSE_MS);
    this.lastMs = nowMs;
  }

  /** What nobody else knows of. */
  get untoldMs(): number {
    return this.onItsWayMs + this.untakenMs;
  }

  /** What was not taken yet, in whole milliseconds. */
  take(): number {
    const whole = Math.floor(this.untakenMs);
    this.untakenMs -= whole;
    this.onItsWayMs += whole;
    return whole;
  }

  /** What was taken has been told. */
  told(ms: number): void {
    this.onItsWayMs -= ms;
  }

  /** What was taken could not be told. */
  giveBack(ms: number): void {
    this.untakenMs += ms;
    this.onItsWayMs -= ms;
  }
}
