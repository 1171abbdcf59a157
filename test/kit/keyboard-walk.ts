/** A page gone through by Tab, from its first control to its last. */

import type { Page } from 'playwright-core';

interface Step {
  /** Null once the walk has left the page. */
  readonly name: string | null;
  readonly isShown: boolean;
}

/** More than any page has; a walk that is longer goes in circles. */
const MOST_STEPS = 400;

/** What cannot be reached so, and what shows no ring when it is; empty for a page without either. */
export async function reachedByTab(page: Page): Promise<string[]> {
  const missed = new Set(await page.evaluate(markControls));
  await page.locator('.skip').focus(); // the first of every page; a browser goes on from where it was last
  missed.delete((await page.evaluate(whereFocusIs)).name!);
  const unseen: string[] = [];
  for (let step = 0; step < MOST_STEPS && missed.size > 0; step++) {
    await page.keyboard.press('Tab');
    const { name, isShown } = await page.evaluate(whereFocusIs);
    if (name === null) break;
    if (!isShown) unseen.push(`no ring round ${name}`);
    missed.delete(name);
  }
  return [...[...missed].map((name) => `out of reach: ${name}`), ...unseen];
}

/** Gives each control a name of its own, and returns those that Tab has to come to. */
function markControls(): string[] {
  const CONTROLS = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  return [...document.querySelectorAll<HTMLElement>(CONTROLS)].flatMap((element, at) => {
    const text = element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
    const name = `${at} ${element.tagName.toLowerCase()} ${text.slice(0, 40)}`;
    element.dataset['walk'] = name;
    const input = element as HTMLInputElement;
    const isOtherRadio = input.type === 'radio' && !input.checked; // arrows lead to the others of a group
    const isThere = element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !input.disabled;
    return isThere && !isOtherRadio ? [name] : [];
  });
}

/** The control with the focus, and whether a ring is round it or, for a hidden input, round what stands for it. */
function whereFocusIs(): Step {
  const focused = document.activeElement as HTMLElement | null;
  if (focused === null || focused === document.body) return { name: null, isShown: true };
  const hasRing = (element: Element): boolean => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
  };
  const row = focused.closest('tr, label, .palette-field');
  const near = [focused, ...(row === null ? [] : [row, ...row.querySelectorAll('*')])];
  return { name: focused.dataset['walk'] ?? 'something that came later', isShown: near.some(hasRing) };
}
