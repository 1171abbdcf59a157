/** Asynchronous work on a stream: several items at once, results in the order of the items. */

/**
 * `work` applied to every item, with at most `atOnce` under way; the source is read no further ahead than that.
 * When the reader stops early, what is under way is waited for and dropped.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const underWay: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const promise = work(item);
      promise.catch(() => {}); // rejections are met where the promise is awaited, in order
      underWay.push(promise);
      if (underWay.length >= atOnce) yield await underWay.shift()!;
    }
    while (underWay.length > 0) yield await underWay.shift()!;
  } finally {
    await Promise.allSettled(underWay);
  }
}
