/**
 * Who may come in. Three keys: a link that works once, the session cookie it is exchanged for, and a bearer token for
 * programs of the same user (the desktop window) that lives as long as the process.
 */

import { createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { digest, equal } from './tokens.ts';

/** Fresh random bytes, from the operating system outside tests. */
export type RandomBytes = (count: number) => Buffer;

export type Redeemed = { outcome: 'session'; cookie: string } | { outcome: 'wrong' } | { outcome: 'too-many' };

const TOKEN_BYTES = 32;
const SESSION_MS = 7 * 24 * 3600 * 1000;
const MAX_WRONG = 10;
const WRONG_WINDOW_MS = 60_000;

/** Units: seconds, for the cookie's Max-Age and the reply to too many wrong tokens. */
export const SESSION_SECONDS: number = SESSION_MS / 1000;
export const RETRY_SECONDS: number = WRONG_WINDOW_MS / 1000;

export class Doorkeeper {
  /** For the `Authorization: Bearer` header of programs. */
  readonly bearer: string;
  private readonly key: Buffer;
  private readonly clock: Clock;
  private readonly random: RandomBytes;
  private readonly openLinks = new Set<string>();
  private wrongAtMs: number[] = [];

  /** `key` signs sessions; where it is kept over restarts, sessions survive them. */
  constructor(options: { key: Buffer; clock: Clock; random: RandomBytes }) {
    this.key = options.key;
    this.clock = options.clock;
    this.random = options.random;
    this.bearer = this.randomToken();
  }

  /** A token for one link. */
  issue(): string {
    const token = this.randomToken();
    this.openLinks.add(digest(token));
    return token;
  }

  /** Exchanges a link's token for a session; after too many wrong ones nothing is compared for a while. */
  redeem(token: string): Redeemed {
    if (this.isLimited()) return { outcome: 'too-many' };
    const given = digest(token);
    const match = [...this.openLinks].filter((open) => equal(open, given));
    if (match.length === 0) {
      this.wrongAtMs.push(this.clock.nowMs());
      return { outcome: 'wrong' };
    }
    this.openLinks.delete(given);
    return { outcome: 'session', cookie: this.newSession() };
  }

  /** Whether an Authorization header carries the bearer token; wrong ones count toward the same limit. */
  isBearer(authorization: string | undefined): boolean {
    if (authorization === undefined || this.isLimited()) return false;
    if (equal(digest(authorization), digest(`Bearer ${this.bearer}`))) return true;
    this.wrongAtMs.push(this.clock.nowMs());
    return false;
  }

  isSession(cookie: string | undefined): boolean {
    const [expires, nonce, signature, ...rest] = cookie?.split('.') ?? [];
    if (expires === undefined || nonce === undefined || signature === undefined || rest.length > 0) return false;
    return equal(signature, this.sign(`${expires}.${nonce}`)) && Number(expires) > this.clock.nowMs();
  }

  private newSession(): string {
    const claims = `${this.clock.nowMs() + SESSION_MS}.${this.randomToken()}`;
    return `${claims}.${this.sign(claims)}`;
  }

  private isLimited(): boolean {
    const since = this.clock.nowMs() - WRONG_WINDOW_MS;
    this.wrongAtMs = this.wrongAtMs.filter((atMs) => atMs > since);
    return this.wrongAtMs.length >= MAX_WRONG;
  }

  private sign(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url');
  }

  private randomToken(): string {
    return this.random(TOKEN_BYTES).toString('base64url');
  }
}
