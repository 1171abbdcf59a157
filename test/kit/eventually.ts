import { vi } from 'vitest';

/** Repeats the check until it passes; for what another process or a timer brings about. */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 });
}
