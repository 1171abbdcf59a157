/** The parts of the page in their order, and the way from one to the next for those who use no pointer. */

import { around } from '../doc/around.ts';

const REGIONS =
  '.label-bar, .label-tools, .label-surface, .label-stage > section, .label-frames, .label-side > section';
const CONTROLS = 'a[href], button:not(:disabled), input:not(:disabled), [tabindex="0"]';

/** Into the next part, or the one before: to what is on there, else to its first control. */
export function goToRegion(page: HTMLElement, by: 1 | -1): void {
  const regions = [...page.querySelectorAll<HTMLElement>(REGIONS)].filter((region) => entryOf(region) !== null);
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[around(here, by, regions.length)];
  if (next !== undefined) entryOf(next)!.focus();
}

function entryOf(region: HTMLElement): HTMLElement | null {
  if (region.matches('[tabindex="0"]')) return region;
  return region.querySelector<HTMLElement>('[aria-pressed="true"]') ?? region.querySelector<HTMLElement>(CONTROLS);
}
