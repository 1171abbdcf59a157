/** The address of the window, and who wants to know when it is another. */

const listeners = new Set<() => void>();

/** Called once another page is shown: by `follow`, by a link, or by the way back. */
export function onAddress(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('hashchange', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('hashchange', listener);
  };
}

/** Goes to a page at once. A link does so as well, but the browser tells it some milliseconds and a frame later. */
export function follow(href: string): void {
  if (href === location.hash) return;
  history.pushState(null, '', href);
  for (const listener of listeners) listener();
}
