/** The parts of a pyramid of tiles, which are made one by one. */

/** Level 0 is the picture's very pixels, and large; what is seen from afar is everything else, and soon made. */
const PYRAMID_PARTS = ['exact', 'coarse'] as const;
export type PyramidPart = (typeof PYRAMID_PARTS)[number];

/** By how a tile of a part is named. */
export const TILE_ENDING: { readonly [P in PyramidPart]: string } = { exact: '.webp', coarse: '.jpeg' };

export const partOf = (level: number): PyramidPart => (level === 0 ? 'exact' : 'coarse');
