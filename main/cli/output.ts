/** How a command speaks: one JSON document on standard output with --json, else text; progress on standard error. */

import { AppError, messageOf } from '../../preload/contract/errors.ts';
import { seconds } from './format.ts';

export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether a person watches standard error, so that a line may be rewritten in place. */
  readonly isTerminal: boolean;
  readonly columns: number;
}

export class Output {
  private readonly streams: Streams;
  readonly isJson: boolean;
  private liveLines = 0;

  constructor(streams: Streams, isJson: boolean) {
    this.streams = streams;
    this.isJson = isJson;
  }

  /** The command's result: the value with --json, else the text. */
  result(value: unknown, text: string): void {
    this.clearLine();
    this.streams.out(this.isJson ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
  }

  /** One of several results that come over time: a line of JSON with --json, else text. */
  line(value: unknown, text: string): void {
    this.clearLine();
    this.streams.out(this.isJson ? `${JSON.stringify(value)}\n` : `${text}\n`);
  }

  /** Something a person should read now; silent with --json, whose result holds it. */
  say(text: string): void {
    if (this.isJson) return;
    this.clearLine();
    this.streams.err(`${text}\n`);
  }

  /** One of several JSON documents, a line each; nothing for people, who are told otherwise. */
  event(value: unknown): void {
    if (this.isJson) this.streams.out(`${JSON.stringify(value)}\n`);
  }

  /** A line that the next one replaces; nothing where nobody watches. */
  progress(text: string): void {
    this.live([text]);
  }

  /** Lines that the next ones replace; nothing where nobody watches. */
  live(lines: readonly string[]): void {
    if (this.isJson || !this.streams.isTerminal) return;
    this.clearLine();
    this.streams.err(lines.map((line) => line.slice(0, this.streams.columns - 1)).join('\n'));
    this.liveLines = lines.length;
  }

  /** Whether somebody watches lines that are replaced. */
  get isLive(): boolean {
    return this.streams.isTerminal && !this.isJson;
  }

  /** Reports an error; returns the exit status. */
  failure(error: unknown): number {
    this.clearLine();
    const isOurs = error instanceof AppError;
    const message = messageOf(error);
    const code = isOurs ? error.code : 'internal-error';
    if (this.isJson) {
      const details = isOurs ? error.details : {};
      this.streams.out(`${JSON.stringify({ error: { code, message, details } }, null, 2)}\n`);
    } else {
      this.streams.err(`lightbench: ${message}\n`);
      if (!isOurs && error instanceof Error) this.streams.err(`${error.stack}\n`);
    }
    return code === 'cancelled' ? EXIT.cancelled : code === 'bad-argument' ? EXIT.usage : EXIT.failure;
  }

  private clearLine(): void {
    if (this.liveLines === 0) return;
    this.streams.err(`\r\u001b[2K${'\u001b[1A\u001b[2K'.repeat(this.liveLines - 1)}`);
    this.liveLines = 0;
  }
}

/** Exit statuses; 130 is the shell's for Ctrl-C. */
export const EXIT = { done: 0, failure: 1, usage: 2, cancelled: 130 } as const;

/** `2 min 5 s left`, or nothing while nobody knows. */
export const left = (remainingMs: number | null): string =>
  remainingMs === null ? '' : ` · ${seconds(remainingMs / 1000)} left`;
