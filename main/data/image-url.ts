/**
 * Where the image behind an `image_url` may lie on this machine.
 * Source: product specification, sections 3.2 (the two readings of AmlDatastore) and 27.
 */

import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Located {
  /** Absolute paths, the likeliest first; none when the address cannot be on this machine. */
  readonly candidates: readonly string[];
  /** Why there are none. */
  readonly problem: string | null;
}

const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;
const AZURE_PATH = /\/paths\/(.+)$/;

/** The places to look for an image, with paths taken from `root`. */
export function locateImage(url: string, root: string): Located {
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return found(plainPaths(url, root));
    case 'amldatastore': {
      const path = url.slice('AmlDatastore://'.length);
      const withoutStore = path.slice(path.indexOf('/') + 1);
      return found([...inside(withoutStore, root), ...inside(path, root)]);
    }
    case 'azureml': {
      const path = AZURE_PATH.exec(url)?.[1];
      if (path === undefined) return lost('an azureml:// address needs "/paths/" before the path of the image');
      return found(inside(path, root));
    }
    case 'file':
      return fromFileUrl(url);
    default:
      return lost(`${scheme}:// addresses are not fetched; download the image and give its path`);
  }
}

/** As written, then with Windows separators, then with percent escapes resolved. */
function plainPaths(path: string, root: string): string[] {
  const absolute = (each: string) => (isAbsolute(each) ? each : resolve(root, each));
  return spellings(path).map(absolute);
}

/** Below the root only: a datastore has nothing above its own root. */
function inside(path: string, root: string): string[] {
  return spellings(path)
    .filter((each) => !each.split(/[\\/]/).includes('..'))
    .map((each) => resolve(root, `./${each}`));
}

function spellings(path: string): string[] {
  const forward = path.replaceAll('\\', '/');
  const unescaped = withoutPercents(forward);
  return [...new Set([path, forward, ...(unescaped === null ? [] : [unescaped])])];
}

function withoutPercents(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null; // a percent sign that is part of the name
  }
}

function fromFileUrl(url: string): Located {
  try {
    return found([fileURLToPath(url)]);
  } catch {
    return lost('the file:// address is not one of this machine');
  }
}

function found(candidates: string[]): Located {
  return candidates.length === 0
    ? lost('the path leaves the data root')
    : { candidates: [...new Set(candidates)], problem: null };
}

function lost(problem: string): Located {
  return { candidates: [], problem };
}
