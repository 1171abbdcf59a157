import { useLayoutEffect, useState, useSyncExternalStore } from 'react';
import { nextChoice, storeChoice, storedChoice, type Theme, type ThemeChoice, themeOf } from './theme.ts';

const systemDark = matchMedia('(prefers-color-scheme: dark)');

function subscribe(listener: () => void): () => void {
  systemDark.addEventListener('change', listener);
  return () => systemDark.removeEventListener('change', listener);
}

/** The theme on show, the choice behind it, and the way to the next choice. */
export function useTheme(): {
  theme: Theme;
  choice: ThemeChoice;
  toggle: () => void;
  choose: (choice: ThemeChoice) => void;
} {
  const [choice, setChoice] = useState(() => storedChoice(localStorage));
  const systemIsDark = useSyncExternalStore(subscribe, () => systemDark.matches);
  const theme = themeOf(choice, systemIsDark);

  // Before the effects of charts, which read the colours anew.
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);

  const choose = (next: ThemeChoice) => {
    storeChoice(localStorage, next);
    setChoice(next);
  };
  return { theme, choice, toggle: () => choose(nextChoice(choice)), choose };
}
