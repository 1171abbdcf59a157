/** Painting many things on a canvas without holding up the window. */

/** The canvas in its box's size and the screen's pixels, cleared; null while it is not shown. Units: CSS pixels. */
export function cleared(
  canvas: HTMLCanvasElement,
): { readonly context: CanvasRenderingContext2D; readonly width: number; readonly height: number } | null {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext('2d');
  if (context === null || width === 0 || height === 0) return null;
  const ratio = devicePixelRatio;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/**
 * Paints things one after another, so many in a frame, out of sight, and shows the whole when it is done.
 * Returns how to give it up.
 */
export function paintInFrames(
  canvas: HTMLCanvasElement,
  count: number,
  aFrame: number,
  paint: (context: CanvasRenderingContext2D, i: number, width: number, height: number) => void,
): () => void {
  const hidden = document.createElement('canvas');
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio;
  [hidden.width, hidden.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  const context = hidden.getContext('2d');
  if (context === null || hidden.width === 0 || hidden.height === 0) return () => {};
  context.scale(ratio, ratio);
  let next = 0;
  const step = () => {
    const until = Math.min(count, next + aFrame);
    for (; next < until; next++) paint(context, next, width, height);
    if (next < count) request = requestAnimationFrame(step);
    else cleared(canvas)?.context.drawImage(hidden, 0, 0, width, height);
  };
  let request = requestAnimationFrame(step);
  return () => cancelAnimationFrame(request);
}

/** From the poorest (0) to the best (1). */
export function shades(poor: string, good: string): (at01: number) => string {
  const steps = Array.from(
    { length: SHADES },
    (_, i) => `color-mix(in oklab, ${good} ${(100 * i) / (SHADES - 1)}%, ${poor})`,
  );
  return (at01) => steps[Math.round(Math.max(0, Math.min(1, at01)) * (SHADES - 1))]!;
}

const SHADES = 16;
