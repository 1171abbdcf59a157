/** The menu of the desktop app. Everything in it leads to a page, so that the window alone decides what is done. */

import type { MenuItemConstructorOptions } from 'electron';
import type { RecentProject } from '../../preload/contract/projects.ts';

export interface MenuParts {
  readonly recent: readonly RecentProject[];
  /** Whether paths of this machine mean something to the engine. */
  readonly isLocal: boolean;
  readonly isMac: boolean;
  /** Shows the page at an address of the window. */
  readonly go: (hash: string) => void;
  /** Asks for a folder and opens the project in it. */
  readonly openProject: () => void;
  /** Asks for a data set and shows it on the page of imports. */
  readonly importData: (kind: 'folder' | 'source') => void;
  readonly about: () => void;
}

export function menuTemplate(parts: MenuParts): MenuItemConstructorOptions[] {
  const { isMac, isLocal, go } = parts;
  const pages: readonly (readonly [label: string, hash: string, key: string])[] = [
    ['Runs', '#/runs', '1'],
    ['Sweeps', '#/sweeps', '2'],
    ['Data', '#/data', '3'],
    ['Label', '#/label', '4'],
    ['Project', '#/project', '5'],
  ];
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Projects', accelerator: 'CmdOrCtrl+Shift+O', click: () => go('#/projects') },
        { label: 'Open project …', accelerator: 'CmdOrCtrl+O', enabled: isLocal, click: parts.openProject },
        { label: 'Recent projects', submenu: recentItems(parts) },
        { type: 'separator' },
        { label: 'Import a folder …', enabled: isLocal, click: () => parts.importData('folder') },
        { label: 'Import a file …', enabled: isLocal, click: () => parts.importData('source') },
        { label: 'Export …', click: () => go('#/export') },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&Go',
      submenu: pages.map(([label, hash, key]) => ({
        label,
        accelerator: `CmdOrCtrl+${key}`,
        click: () => go(hash),
      })),
    },
    {
      label: '&View',
      submenu: [
        { role: 'reload' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    { label: '&Help', submenu: [{ label: 'About Lightbench', click: parts.about }] },
  ];
}

function recentItems({ recent, isLocal, go }: MenuParts): MenuItemConstructorOptions[] {
  const there = isLocal ? recent.filter(({ is_there }) => is_there) : [];
  if (there.length === 0) return [{ label: isLocal ? 'None yet' : 'On the page of projects', enabled: false }];
  return there.map(({ name, folder }) => ({ label: `${name}  (${folder})`, click: () => go(projectHash(folder)) }));
}

/** The page that opens the project of a folder. */
export const projectHash = (folder: string): string => `#/projects/${encodeURIComponent(folder)}`;

/** The page that looks at a data set. */
export const importHash = (path: string): string => `#/import/${encodeURIComponent(path)}`;
