/** Which keys are for the picture and its commands, and which for what has the focus. */

/** Whether somebody types into a field or a dialog. */
export const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input:not([type="range"], [type="checkbox"]), textarea, [role="listbox"], [role="dialog"]') !== null;

const isSlider = (target: EventTarget | null): boolean => target instanceof HTMLInputElement && target.type === 'range';

/** Whether the key is for what has the focus. */
export function isElsewhere({ key }: Pick<KeyboardEvent, 'key'>, target: EventTarget | null): boolean {
  if (isField(target)) return true;
  if (isSlider(target) && /^(Arrow|Page|Home|End)/.test(key)) return true;
  // Space and Enter on a button, a link or a tick are its own.
  const isPress = key === 'Enter' || key === ' ';
  return isPress && target instanceof Element && target.closest('button, a, [type="checkbox"]') !== null;
}
