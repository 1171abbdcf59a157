/** Which page the address names; the address is the only state of the window that a reload keeps. */

export type Route =
  | { readonly page: 'runs' }
  | { readonly page: 'run'; readonly id: string }
  | { readonly page: 'project' }
  | { readonly page: 'unknown'; readonly hash: string };

/** `#/runs/r0001` and its like; an empty hash is the table of runs. */
export function routeOf(hash: string): Route {
  const parts = hash.replace(/^#?\/?/, '').split('/');
  const [page = '', id] = parts;
  if (parts.length === 1 && (page === '' || page === 'runs')) return { page: 'runs' };
  if (parts.length === 1 && page === 'project') return { page: 'project' };
  if (parts.length === 2 && page === 'runs' && id !== undefined && id !== '') return { page: 'run', id: decode(id) };
  return { page: 'unknown', hash };
}

export const RUNS_HREF = '#/runs';
export const PROJECT_HREF = '#/project';

/** A hand-typed address may hold a broken escape; it then names a run that is not there. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
