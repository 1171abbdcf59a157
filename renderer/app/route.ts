/** Which page the address names; the address is the only state of the window that a reload keeps. */

import type { DataTab } from '../data/views/data-page.tsx';

export type Route =
  | { readonly page: 'runs' }
  | { readonly page: 'run'; readonly id: string }
  /** `like` names a run whose settings to begin with. */
  | { readonly page: 'new-run'; readonly like: string | null }
  | { readonly page: 'compare'; readonly ids: readonly string[] }
  /** `image`: null for the first that needs it. */
  | { readonly page: 'label'; readonly image: number | null }
  | { readonly page: 'sweeps' }
  | { readonly page: 'sweep'; readonly id: string }
  | { readonly page: 'new-sweep'; readonly like: string | null }
  | { readonly page: 'project' }
  /** Of this machine; without an open one the only page. `open` names a folder whose project to open at once. */
  | { readonly page: 'projects'; readonly open: string | null }
  | { readonly page: 'data'; readonly view: DataTab }
  /** `path` to begin with; empty for none. */
  | { readonly page: 'import'; readonly path: string }
  | { readonly page: 'export' }
  /** From elsewhere. */
  | { readonly page: 'models' }
  | { readonly page: 'unknown'; readonly hash: string };

/** `#/runs/r0001` and its like; an empty hash is the table of runs. */
export function routeOf(hash: string): Route {
  const [page, ...rest] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode);
  const isPlain = rest.length === 0;
  const [first] = rest;
  if (isPlain && (page === '' || page === 'runs')) return { page: 'runs' };
  if (page === 'label' && rest.length < 2 && /^[1-9]\d{0,14}$|^$/.test(first ?? ''))
    return { page: 'label', image: first === undefined || first === '' ? null : Number(first) };
  if (isPlain && page === 'sweeps') return { page: 'sweeps' };
  if (page === 'sweeps' && rest.length === 1 && first !== undefined && first !== '')
    return { page: 'sweep', id: first };
  if (page === 'new-sweep' && rest.length < 2)
    return { page: 'new-sweep', like: first === undefined || first === '' ? null : first };
  if (isPlain && page === 'project') return { page };
  if (page === 'projects' && rest.length < 2) return { page, open: first === undefined || first === '' ? null : first };
  const view = DATA_VIEWS.find((name) => name === (first ?? 'images'));
  if (page === 'data' && rest.length < 2 && view !== undefined) return { page: 'data', view };
  if (page === 'import' && rest.length < 2) return { page, path: first ?? '' };
  if (isPlain && (page === 'export' || page === 'models')) return { page };
  if (page === 'new-run' && rest.length < 2)
    return { page: 'new-run', like: first === undefined || first === '' ? null : first };
  if (page === 'compare' && rest.length > 0)
    return { page: 'compare', ids: [...new Set(rest)].filter((id) => id !== '') };
  if (page === 'runs' && rest.length === 1 && first !== undefined && first !== '') return { page: 'run', id: first };
  return { page: 'unknown', hash };
}

const DATA_VIEWS: readonly DataTab[] = ['images', 'classes', 'charts', 'look-alikes'];

export const RUNS_HREF = '#/runs';
export const PROJECT_HREF = '#/project';
export const SWEEPS_HREF = '#/sweeps';
export const PROJECTS_HREF = '#/projects';
export const LABEL_HREF = '#/label';
export const DATA_HREF = '#/data';

export const importHref = (path: string): string => (path === '' ? '#/import' : `#/import/${encodeURIComponent(path)}`);
export const EXPORT_HREF = '#/export';
export const MODELS_HREF = '#/models';

export const runHref = (id: string): string => `${RUNS_HREF}/${encodeURIComponent(id)}`;
export const sweepHref = (id: string): string => `${SWEEPS_HREF}/${encodeURIComponent(id)}`;
export const newSweepHref = (like: string | null): string =>
  like === null ? '#/new-sweep' : `#/new-sweep/${encodeURIComponent(like)}`;
export const newRunHref = (like: string | null): string =>
  like === null ? '#/new-run' : `#/new-run/${encodeURIComponent(like)}`;
export const labelHref = (image: number): string => `${LABEL_HREF}/${image}`;
export const compareHref = (ids: readonly string[]): string => `#/compare/${ids.map(encodeURIComponent).join('/')}`;

/** Which of the pages in the bar a route belongs to. */
export function sectionOf({ page }: Route): 'runs' | 'sweeps' | 'label' | 'project' | 'data' | null {
  switch (page) {
    case 'runs':
    case 'run':
    case 'new-run':
    case 'compare':
      return 'runs';
    case 'sweeps':
    case 'sweep':
    case 'new-sweep':
      return 'sweeps';
    case 'label':
    case 'project':
    case 'data':
      return page;
    case 'import':
    case 'export':
    case 'models':
      return 'data';
    case 'projects':
      return 'project';
    case 'unknown':
      return null;
    default:
      return page satisfies never;
  }
}

/** A hand-typed address may hold a broken escape; it then names something that is not there. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
