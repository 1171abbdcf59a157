import { LatestByKey } from './latest.ts';

/**
 * The state there is and each that follows it, of which a slow reader is told the latest. Listens before it looks first, so a
 * change between the two is told, not lost.
 */
export async function* states<T>(
  look: () => T,
  onChanged: (tell: (look: () => T) => void) => () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  const changed = new LatestByKey<'state', () => T>();
  const unsubscribe = onChanged((next) => changed.put('state', next));
  try {
    yield look();
    for (let next = await changed.take(signal); next !== null; next = await changed.take(signal)) yield next();
  } finally {
    unsubscribe();
  }
}
