/** Memory that is known to be of no more use. */

/**
 * Gives back the memory of values that somebody has taken copies of; whoever reads them after that finds nothing. The
 * collector would find them some time after the first step, which needs the most memory of all.
 */
export function usedUp(values: ReadonlyMap<string, Float32Array>): void {
  for (const { buffer } of values.values()) {
    if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
  }
}
