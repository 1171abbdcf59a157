/** How a model wants pictures, guessed from the names and shapes of its inputs. */

import type { FileFacts, InputMapping, ValueFacts } from '../../preload/contract/imported-models.ts';

/** What a kind of model usually wants of a picture. */
export type Manner = Pick<InputMapping, 'colour' | 'fit' | 'frame' | 'divisor' | 'mean' | 'deviation'>;

const NOTHING = [0, 0, 0] as const;
const ONES = [1, 1, 1] as const;
const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;
const GREY = [114, 114, 114] as const;

/** Source of each: torchvision's models; the papers and published exports of YOLO and YOLOX; Segment Anything. */
export const MANNERS = {
  classes: { colour: 'rgb', fit: 'crop', frame: NOTHING, divisor: 255, ...IMAGENET },
  boxes: { colour: 'rgb', fit: 'corner', frame: NOTHING, divisor: 255, mean: NOTHING, deviation: ONES },
  candidates: { colour: 'rgb', fit: 'letterbox', frame: GREY, divisor: 255, mean: NOTHING, deviation: ONES },
  squeezed: { colour: 'rgb', fit: 'squeeze', frame: NOTHING, divisor: 255, mean: NOTHING, deviation: ONES },
  grid: { colour: 'bgr', fit: 'corner', frame: GREY, divisor: 1, mean: NOTHING, deviation: ONES },
  clicks: {
    ...{ colour: 'rgb', fit: 'corner', divisor: 1 },
    frame: [123.675, 116.28, 103.53],
    mean: [123.675, 116.28, 103.53],
    deviation: [58.395, 57.12, 57.375],
  },
  /** The same where the file takes mean and deviation into account itself. */
  plainClicks: {
    ...{ colour: 'rgb', fit: 'corner', divisor: 1, frame: [123.675, 116.28, 103.53], mean: NOTHING, deviation: ONES },
  },
  /** Of descendants that hand over embeddings of several sizes. */
  finer: { colour: 'rgb', fit: 'squeeze', frame: NOTHING, divisor: 255, ...IMAGENET },
} as const satisfies Record<string, Manner>;

/** The input that takes a picture, or null. */
export function pictureInput({ inputs }: Pick<FileFacts, 'inputs'>): ValueFacts | null {
  const fitting = inputs.filter((value) => layoutOf(value) !== null);
  return fitting.find(({ name }) => /image|pixel|input|^x$|data/i.test(name)) ?? fitting[0] ?? null;
}

/** `side`: of the square, where the file takes any. */
export function guessInput(value: ValueFacts, manner: Manner, side: number): InputMapping {
  const layout = layoutOf(value)!;
  const [height, width] = sidesOf(value, layout).map((known) => known ?? side) as [number, number];
  const isGrey = channelsOf(value, layout) === 1;
  const type = value.type === 'uint8' ? 'uint8' : 'float32';
  const asTheyAre = { divisor: 1, mean: NOTHING, deviation: ONES };
  const whole = isGrey
    ? ({ colour: 'grey', fit: 'squeeze', divisor: 255, mean: NOTHING, deviation: ONES } as const)
    : {};
  return {
    ...{ name: value.name, layout, type, width, height },
    ...manner,
    ...whole,
    ...(type === 'uint8' ? asTheyAre : {}),
  };
}

export function inputWords(
  { name, layout, width, height, colour, fit, divisor }: InputMapping,
  of: ValueFacts,
): string {
  const free = of.shape.includes(null) ? ', of which the file takes any' : '';
  const scaled = divisor === 1 ? 'levels as they are' : `levels divided by ${divisor}`;
  return `"${name}" takes the picture: ${layout.toUpperCase()}, ${width} x ${height} pixels${free}, ${colour.toUpperCase()}, ${fit}, ${scaled}`;
}

function layoutOf({ shape, type }: ValueFacts): InputMapping['layout'] | null {
  if (type !== 'float32' && type !== 'uint8') return null;
  const isColour = (side: number | null | undefined) => side === 3 || side === 1;
  if (shape.length === 3) return isColour(shape[2]) ? 'hwc' : null;
  if (shape.length !== 4) return null;
  if (isColour(shape[1])) return 'nchw';
  if (isColour(shape[3])) return 'nhwc';
  return shape[1] === null ? 'nchw' : null;
}

const channelsOf = ({ shape }: ValueFacts, layout: InputMapping['layout']): number | null =>
  (layout === 'nchw' ? shape[1] : shape.at(-1)) ?? null;

function sidesOf({ shape }: ValueFacts, layout: InputMapping['layout']): readonly (number | null)[] {
  return layout === 'nchw' ? shape.slice(2, 4) : layout === 'nhwc' ? shape.slice(1, 3) : shape.slice(0, 2);
}
