/** How the picture is shown; the image itself stays as it is. */

export const CHANNELS = ['colour', 'red', 'green', 'blue', 'grey'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface PictureLook {
  /** Added, from -1 (black) to 1 (white). */
  readonly brightness: number;
  /** Times the distance from middle grey. */
  readonly contrast: number;
  /** Above 1 lightens what is dark. */
  readonly gamma: number;
  readonly channel: Channel;
}

export const AS_IT_IS: PictureLook = { brightness: 0, contrast: 1, gamma: 1, channel: 'colour' };

export const isAsItIs = (look: PictureLook): boolean => JSON.stringify(look) === JSON.stringify(AS_IT_IS);

const ROWS: { readonly [C in Channel]: string | null } = {
  colour: null,
  red: '1 0 0 0 0',
  green: '0 1 0 0 0',
  blue: '0 0 1 0 0',
  grey: '0.2126 0.7152 0.0722 0 0',
};

/** The matrix of an SVG filter that shows a channel as grey; null where colours stay. */
export function channelMatrix(channel: Channel): string | null {
  const row = ROWS[channel];
  return row === null ? null : [row, row, row, '0 0 0 1 0'].join(' ');
}

/** `slope` and `intercept` of brightness and contrast together, on values from 0 to 1. */
export function linearOf({ brightness, contrast }: PictureLook): {
  readonly slope: number;
  readonly intercept: number;
} {
  return { slope: contrast, intercept: 0.5 - 0.5 * contrast + brightness };
}
