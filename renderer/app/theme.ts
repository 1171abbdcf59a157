/** Light or dark: as the system says, until a person chooses. `public/theme-at-start.js` sets the first paint alike. */

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

const STORAGE_KEY = 'lightbench-theme';
const ORDER: readonly ThemeChoice[] = ['system', 'light', 'dark'];

/** What was chosen last; anything else that is stored counts as no choice. */
export function storedChoice(storage: Pick<Storage, 'getItem'>): ThemeChoice {
  const stored = storage.getItem(STORAGE_KEY);
  return ORDER.find((choice) => choice === stored) ?? 'system';
}

export function storeChoice(storage: Pick<Storage, 'setItem'>, choice: ThemeChoice): void {
  storage.setItem(STORAGE_KEY, choice);
}

export function themeOf(choice: ThemeChoice, systemIsDark: boolean): Theme {
  if (choice !== 'system') return choice;
  return systemIsDark ? 'dark' : 'light';
}

/** The choice after this one, round and round. */
export function nextChoice(choice: ThemeChoice): ThemeChoice {
  return ORDER[(ORDER.indexOf(choice) + 1) % ORDER.length]!;
}
