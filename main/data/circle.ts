/** Round shapes as polygons. */

const CORNERS = 64; // within a thousandth of the radius

/** A circle, or with a second radius an ellipse, turned clockwise on the screen by an angle. */
export function ringOfCircle(
  [x, y]: readonly [x: number, y: number],
  radiusX: number,
  radiusY: number = radiusX,
  angleRad = 0,
): number[] {
  const [cos, sin] = [Math.cos(angleRad), Math.sin(angleRad)];
  return Array.from({ length: CORNERS }, (_, i) => {
    const at = (2 * Math.PI * i) / CORNERS;
    const [u, v] = [radiusX * Math.cos(at), radiusY * Math.sin(at)];
    return [x + u * cos - v * sin, y + u * sin + v * cos];
  }).flat();
}
