import { expect, test } from 'vitest';
import { nextChoice, storeChoice, storedChoice, themeOf } from '../../../renderer/app/theme.ts';

test('the system decides until a person does', () => {
  expect([themeOf('system', true), themeOf('system', false)]).toEqual(['dark', 'light']);
  expect([themeOf('light', true), themeOf('dark', false)]).toEqual(['light', 'dark']);
});

test('the choices follow each other round', () => {
  expect([nextChoice('system'), nextChoice('light'), nextChoice('dark')]).toEqual(['light', 'dark', 'system']);
});

test('a choice is kept, and nonsense counts as none', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (k: string, v: string) => kept.set(k, v),
  };

  expect(storedChoice(storage)).toBe('system');
  storeChoice(storage, 'dark');
  expect(storedChoice(storage)).toBe('dark');
  kept.set([...kept.keys()][0]!, 'purple');
  expect(storedChoice(storage)).toBe('system');
});
