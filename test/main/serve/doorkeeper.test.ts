import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Doorkeeper } from '../../../main/serve/doorkeeper.ts';
import { FakeClock } from '../../kit/clock.ts';

const DAY_MS = 24 * 3600 * 1000;

function made(key = randomBytes(32), clock = new FakeClock()): { keeper: Doorkeeper; clock: FakeClock } {
  return { keeper: new Doorkeeper({ key, clock, random: randomBytes }), clock };
}

function sessionOf(keeper: Doorkeeper): string {
  const redeemed = keeper.redeem(keeper.issue());
  if (redeemed.outcome !== 'session') throw new Error(redeemed.outcome);
  return redeemed.cookie;
}

test('a link works once', () => {
  const { keeper } = made();
  const token = keeper.issue();

  expect(keeper.redeem(token).outcome).toBe('session');
  expect(keeper.redeem(token).outcome).toBe('wrong');
});

test('two links do not spend each other', () => {
  const { keeper } = made();
  const [first, second] = [keeper.issue(), keeper.issue()];

  expect([keeper.redeem(second).outcome, keeper.redeem(first).outcome]).toEqual(['session', 'session']);
});

test('ten wrong tokens close the door for a minute, to right ones too', () => {
  const { keeper, clock } = made();
  const token = keeper.issue();

  const outcomes = Array.from({ length: 11 }, (_, i) => keeper.redeem(`guess ${i}`).outcome);

  expect(outcomes).toEqual([...Array(10).fill('wrong'), 'too-many']);
  expect(keeper.redeem(token).outcome).toBe('too-many');
  clock.advance(60_000);
  expect(keeper.redeem(token).outcome).toBe('session');
});

test('wrong bearer tokens count toward the same limit', () => {
  const { keeper } = made();

  for (let i = 0; i < 10; i++) expect(keeper.isBearer(`Bearer guess ${i}`)).toBe(false);

  expect(keeper.isBearer(`Bearer ${keeper.bearer}`)).toBe(false);
});

test('a session survives a restart with the same key, and no other', () => {
  const key = randomBytes(32);
  const cookie = sessionOf(made(key).keeper);

  expect(made(key).keeper.isSession(cookie)).toBe(true);
  expect(made().keeper.isSession(cookie)).toBe(false);
});

test('a session ends after seven days', () => {
  const { keeper, clock } = made();
  const cookie = sessionOf(keeper);

  clock.advance(7 * DAY_MS - 1);
  expect(keeper.isSession(cookie)).toBe(true);
  clock.advance(1);
  expect(keeper.isSession(cookie)).toBe(false);
});

test('a session with a later date or another signature is none', () => {
  const { keeper } = made();
  const [expires, nonce, signature] = sessionOf(keeper).split('.');
  const forged = [
    `${Number(expires) + DAY_MS}.${nonce}.${signature}`,
    `${expires}.${nonce}.${signature!.slice(0, -1)}`,
    `${expires}.${nonce}.${signature}.`,
    `${expires}.${nonce}`,
    '',
  ];

  expect([undefined, ...forged].map((cookie) => keeper.isSession(cookie))).toEqual(Array(6).fill(false));
});
