/**
 * The compressed text of a mask's run lengths: six bits a character from '0' on, five of them value, lowest first; from
 * the fourth run on the difference to the run two before.
 * Source: https://github.com/cocodataset/cocoapi, common/maskApi.c, rleToString and rleFrString.
 */

const FIRST_CHARACTER = 48;
const VALUE_BITS = 0x1f;
const SIGN_BIT = 0x10;
const MORE_BIT = 0x20;
/** Runs are 32-bit numbers, so an honest one ends within seven characters. */
const MAX_CHARACTERS = 7;

export function countsToText(counts: readonly number[]): string {
  let text = '';
  counts.forEach((count, i) => {
    let rest = i > 2 ? count - counts[i - 2]! : count;
    let isLeft = true;
    while (isLeft) {
      const bits = rest & VALUE_BITS;
      rest >>= 5;
      isLeft = (bits & SIGN_BIT) !== 0 ? rest !== -1 : rest !== 0;
      text += String.fromCharCode((isLeft ? bits | MORE_BIT : bits) + FIRST_CHARACTER);
    }
  });
  return text;
}

/** The runs of a text, or null when it is none: a foreign character, a number cut short, a negative run. */
export function countsFromText(text: string): number[] | null {
  const counts: number[] = [];
  let at = 0;
  while (at < text.length) {
    let value = 0;
    let digits = 0;
    let bits: number;
    do {
      bits = text.charCodeAt(at) - FIRST_CHARACTER;
      if (!(bits >= 0 && bits < 64) || digits === MAX_CHARACTERS) return null;
      value |= (bits & VALUE_BITS) << (5 * digits);
      at += 1;
      digits += 1;
    } while ((bits & MORE_BIT) !== 0);
    if ((bits & SIGN_BIT) !== 0 && 5 * digits < 32) value |= -1 << (5 * digits);
    const count = counts.length > 2 ? value + counts.at(-2)! : value;
    if (count < 0) return null;
    counts.push(count);
  }
  return counts;
}
