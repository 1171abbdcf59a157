/** The ways to draw a hyperparameter, each with arguments to begin with that lie in its range, about its default. */

import type { Domain, Hyperparameter } from '../../../native-models/catalog/hyperparameters.ts';

export const VALUE = 'one value';

const OF_NUMBERS = [
  'choice',
  'uniform',
  'quniform',
  'loguniform',
  'qloguniform',
  'normal',
  'qnormal',
  'lognormal',
  'qlognormal',
];
/** Without `qloguniform`: its bounds are exponentials, seldom whole, and draws are clipped to them. */
const OF_WHOLE_NUMBERS = ['choice', 'randint', 'quniform', 'qnormal', 'qlognormal'];

/** What a text draws by: a distribution, or one value. */
export function kindOf(text: string): string {
  const [, name] = /^\s*([a-z]+)\s*\(/.exec(text) ?? [];
  return name !== undefined && (OF_NUMBERS.includes(name) || OF_WHOLE_NUMBERS.includes(name)) ? name : VALUE;
}

/** One value and the distributions that can give nothing but what the hyperparameter takes, or can be made to. */
export function kindsOf({ domain }: Hyperparameter): readonly string[] {
  switch (domain.kind) {
    case 'number':
      return [VALUE, ...OF_NUMBERS];
    case 'integer':
      return [VALUE, ...OF_WHOLE_NUMBERS.filter((kind) => kind !== 'randint' || domain.min === 0)];
    case 'flag':
    case 'choice':
    case 'grid':
      return [VALUE, 'choice'];
    default:
      return domain satisfies never;
  }
}

const METRICS = 'validation_metric_type'; // a sweep cannot do without
const SPREAD = 10; // times and parts of the default
const STEPS = 10;

/** The text to begin with. */
export function textOfKind(kind: string, { name, domain, default: usual }: Hyperparameter): string {
  const values = valuesOf(domain, usual).filter((value) => name !== METRICS || value !== 'none');
  if (kind === VALUE) return String(usual ?? values[0]);
  if (kind === 'choice')
    return `choice(${values.map((each) => (typeof each === 'string' ? `'${each}'` : each)).join(', ')})`;
  const { low, high, middle } = rangeOf(domain, usual);
  const isWhole = domain.kind === 'integer';
  const q = isWhole ? 1 : short((high - low) / STEPS);
  const log = (value: number) => short(Math.log(value));
  // Rounded inwards: the exponential of a rounded logarithm must not leave the range.
  const [lowLog, highLog] = [Math.ceil(100 * Math.log(low)) / 100, Math.floor(100 * Math.log(high)) / 100];
  switch (kind) {
    case 'randint':
      return `randint(${high})`;
    case 'uniform':
      return `uniform(${low}, ${high})`;
    case 'quniform':
      return `quniform(${low}, ${high}, ${q})`;
    case 'loguniform':
      return `loguniform(${lowLog}, ${highLog})`;
    case 'qloguniform':
      return `qloguniform(${lowLog}, ${highLog}, ${q})`;
    case 'normal':
      return `normal(${middle}, ${short(middle / 4)})`;
    case 'qnormal':
      return `qnormal(${middle}, ${short(middle / 4)}, ${q})`;
    case 'lognormal':
      return `lognormal(${log(middle)}, 0.5)`;
    case 'qlognormal':
      return `qlognormal(${log(middle)}, 0.5, ${q})`;
    default:
      throw new Error(`no way to draw is called ${kind}`);
  }
}

const short = (value: number): number => Number(value.toPrecision(2));

/** From a part of the default to a multiple of it, as far as the range goes; from its least value where there is none. */
function rangeOf(domain: Domain, usual: Hyperparameter['default']): { low: number; high: number; middle: number } {
  const [least, most] =
    domain.kind === 'number' || domain.kind === 'integer'
      ? [domain.min, domain.max ?? Number.POSITIVE_INFINITY]
      : [0, 1];
  const isWhole = domain.kind === 'integer';
  const smallest = isWhole ? Math.max(1, least) : Math.max(least, 1e-5);
  const given =
    typeof usual === 'number' && usual > 0 ? usual : Number.isFinite(most) ? short((least + most) / 4) : smallest * 4;
  const middle = Math.max(smallest, isWhole ? Math.round(given) : given);
  const low = Math.max(smallest, isWhole ? Math.max(1, Math.floor(middle / SPREAD)) : short(middle / SPREAD));
  const high = Math.min(most, isWhole ? middle * 2 : short(middle * SPREAD));
  return { low, high: Math.max(high, low + (isWhole ? 1 : 0)), middle };
}

function valuesOf(domain: Domain, usual: Hyperparameter['default']): readonly (string | number)[] {
  if (domain.kind === 'flag') return [0, 1];
  if (domain.kind === 'choice')
    return domain.values.map((value) => (typeof value === 'number' ? value : String(value)));
  if (domain.kind === 'grid') return ['(2, 2)', '(3, 2)'];
  const { low, middle, high } = rangeOf(domain, usual);
  return [...new Set([low, middle, high])];
}
