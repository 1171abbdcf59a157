/** Where the engine has an image, relative to the page. */

/** Its file. */
export const pictureUrl = (image: number): string => `./images/${image}`;

/** A small picture of an image with that content. */
export const thumbnailUrl = (sha256: string): string => `./thumbnails/${sha256}`;

/** Below which the tiles of a large image are, with the page's own address before it: threads have another. */
export const tilesUrl = (sha256: string): string => new URL(`./tiles/${sha256}`, location.href).href;
