/** A broken invariant is a bug: it ends the process that met it, and nobody catches it on the way. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`bug: ${message}`);
}
