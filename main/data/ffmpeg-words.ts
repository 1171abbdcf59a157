/** What ffmpeg says while it reads a video: complaints, and how long the video is, line by line, each with its level. */

import { resolve } from 'node:path';
import type { FrameChoice } from '../../preload/contract/transfers.ts';

/** Has ffmpeg say at the start of each line how grave it is; what it reads is told at `info`. */
export const WORDS_ARGUMENTS: readonly string[] = ['-hide_banner', '-nostats', '-loglevel', 'level+info'];

/** A complaint; anything without a level is one as well. */
const GRAVE: ReadonlySet<string> = new Set(['panic', 'fatal', 'error']);
const LEVELLED = /^((?:\[[^\]]*\] )*)\[(quiet|panic|fatal|error|warning|info|verbose|debug|trace)\] (.*)$/;
const DURATION = /^ *Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)/;
const RATE = /^ *Stream #.*Video:.* (\d+(?:\.\d+)?)(k?) fps/;
/** A file's own texts are told as well. */
const LONGEST_LINE = 4000;
const TOLD_CHARACTERS = 600;
const TOLD_LINES = 3;

export class FfmpegWords {
  private complaints = '';
  private rest = '';
  private seconds: number | null = null;
  private framesPerS: number | null = null;

  hear(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!.slice(0, LONGEST_LINE);
    for (const line of lines) this.hearLine(line);
  }

  /** Nothing more comes. */
  end(): void {
    this.hearLine(this.rest);
    this.rest = '';
  }

  /** How many frames a choice is likely to give; null while nobody knows, as in a stream without an end. */
  expectedFrames(choice: FrameChoice): number | null {
    const { seconds, framesPerS } = this;
    const rate = 'every' in choice ? (framesPerS ?? 0) / choice.every : choice.per_second;
    return seconds === null || rate === 0 ? null : Math.ceil(seconds * rate);
  }

  /** Why ffmpeg gave up, in words of a file; null where it said nothing. */
  reason(): string | null {
    if (/matches no streams/.test(this.complaints))
      return 'got a file without pictures, as one of sound or text alone is';
    return this.complaints.trim() === '' ? null : `ffmpeg says: ${this.plain().replaceAll('file:/', '/')}`;
  }

  /** What it complained of, with the file's own name; empty for nothing. */
  complaintsOf(video: string): string {
    return this.plain().replaceAll(`file:${resolve(video)}`, video);
  }

  private hearLine(line: string): void {
    const [, context = '', level = 'error', words = line] = LEVELLED.exec(line) ?? [];
    if (GRAVE.has(level)) {
      if (this.complaints.length < TOLD_CHARACTERS) this.complaints += `${context}${words}\n`;
      return;
    }
    const [, hours, minutes, seconds] = DURATION.exec(words) ?? [];
    if (seconds !== undefined) this.seconds ??= Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    const [, rate, thousands] = RATE.exec(words) ?? [];
    if (rate !== undefined) this.framesPerS ??= Number(rate) * (thousands === 'k' ? 1000 : 1);
  }

  /** The first lines, without addresses of memory. */
  private plain(): string {
    const lines = this.complaints.split('\n').map((line) => line.replace(/ @ 0x[0-9a-f]+\]/g, ']').trim());
    return [...new Set(lines.filter((line) => line !== ''))].slice(0, TOLD_LINES).join('; ');
  }
}
