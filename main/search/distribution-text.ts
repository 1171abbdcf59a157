/**
 * Distributions in words, as the seed writes them: `loguniform(-6, -1)`, `choice('sgd', 'adam')`, `choice(range(1, 5))`.
 * Source: product specification, sections 4.2 and 10.1.
 */

import { Distribution, type DistributionType, type Scalar } from '../../preload/contract/sweep-plan.ts';

/** Names of the arguments, in order. */
const ARGUMENTS: Readonly<Record<Exclude<DistributionType, 'choice'>, readonly string[]>> = {
  randint: ['upper'],
  uniform: ['min', 'max'],
  quniform: ['min', 'max', 'q'],
  loguniform: ['min', 'max'],
  qloguniform: ['min', 'max', 'q'],
  normal: ['mu', 'sigma'],
  qnormal: ['mu', 'sigma', 'q'],
  lognormal: ['mu', 'sigma'],
  qlognormal: ['mu', 'sigma', 'q'],
};

const CALL = /^\s*([a-z]+)\s*\((.*)\)\s*$/s;
const RANGE = /^\s*range\s*\(([^()]*)\)\s*$/;
const MOST_VALUES = 10_000;

/** Whether a text is meant as a distribution; else it is a plain value. */
export function isDistributionText(text: string): boolean {
  const name = CALL.exec(text)?.[1];
  return name === 'choice' || (name !== undefined && Object.hasOwn(ARGUMENTS, name));
}

/** The distribution, or what is wrong with the text. */
export function parseDistributionText(text: string): Distribution | { readonly problem: string } {
  const [, name, inside] = CALL.exec(text)!;
  const values = name === 'choice' ? choiceValues(inside!) : splitArguments(inside!).map(literal);
  if (values === null)
    return { problem: `range takes one to three whole numbers and gives 1 to ${MOST_VALUES} values` };
  const fields = name === 'choice' ? { values } : named(name as keyof typeof ARGUMENTS, values);
  if (fields === null) {
    return { problem: `${name} takes ${ARGUMENTS[name as keyof typeof ARGUMENTS].join(', ')}; got "${inside}"` };
  }
  const parsed = Distribution.safeParse({ type: name, ...fields });
  if (parsed.success) return parsed.data;
  return { problem: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
}

/** By place, or by name as in `uniform(min_value=0, max_value=1)`. */
function named(name: keyof typeof ARGUMENTS, values: readonly Scalar[]): Record<string, Scalar> | null {
  const names = ARGUMENTS[name];
  if (values.length !== names.length) return null;
  const entries = values.map((value, i) => {
    const [, key, rest] = /^([a-z_]+)\s*=\s*(.*)$/s.exec(String(value)) ?? [];
    return key === undefined ? ([names[i]!, value] as const) : ([key.replace('_value', ''), literal(rest!)] as const);
  });
  return Object.fromEntries(entries);
}

/** A list in brackets counts as its members. */
function choiceValues(inside: string): Scalar[] | null {
  const range = RANGE.exec(inside);
  if (range !== null) return rangeValues(splitArguments(range[1]!).map(Number));
  const list = /^\s*\[(.*)\]\s*$/s.exec(inside);
  return splitArguments(list?.[1] ?? inside).map(literal);
}

/** Python's range. */
function rangeValues(numbers: readonly number[]): number[] | null {
  const [start, stop, step = 1] = numbers.length === 1 ? [0, numbers[0]!] : numbers;
  if (numbers.length > 3 || ![start, stop, step].every(Number.isInteger) || step === 0) return null;
  const count = Math.ceil((stop! - start!) / step);
  if (count < 1 || count > MOST_VALUES) return null;
  return Array.from({ length: count }, (_, i) => start! + i * step);
}

/** At commas outside quotes. */
function splitArguments(text: string): string[] {
  const parts = text.match(/\s*(?:'[^']*'|"[^"]*"|[^,'"]+)+\s*/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function literal(text: string): Scalar {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted !== null) return quoted[2]!;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  const number = Number(text);
  return text !== '' && Number.isFinite(number) ? number : text;
}
