/** The app's window with its menu, dialogs and what is dropped on it. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, type BrowserWindow, dialog, type IpcMain, type IpcMainInvokeEvent, Menu } from 'electron';
import { PATH_KINDS, type PathKind, SHELL_CHANNELS } from '../../preload/contract/desktop.ts';
import type { RecentProject } from '../../preload/contract/projects.ts';
import type { Clock } from '../clock.ts';
import type { Closing } from './closing.ts';
import { isFromApp } from './guards.ts';
import { importHash, menuTemplate, projectHash } from './menu.ts';
import { recoverPage } from './recovery.ts';
import { openWindow, showPage, type WindowOptions } from './window.ts';

export interface DesktopParts extends WindowOptions {
  readonly recent: () => readonly RecentProject[];
  /** Null where closing ends nothing, as with an engine elsewhere. */
  readonly closing: Closing | null;
  readonly clock: Clock;
}

/** What the dialog of the system shows; a data set may also be a folder. */
const SOURCE_FILTERS = [
  { name: 'Annotations and archives', extensions: ['json', 'jsonl', 'csv', 'xml', 'yaml', 'yml', 'zip'] },
  { name: 'All files', extensions: ['*'] },
];

const MODEL_FILTERS = [
  { name: 'Models and bundles', extensions: ['onnx', 'json'] },
  { name: 'All files', extensions: ['*'] },
];

export class Desktop {
  private readonly parts: DesktopParts;
  private window: BrowserWindow | null = null;

  constructor(parts: DesktopParts, ipcMain: IpcMain) {
    this.parts = parts;
    ipcMain.handle(SHELL_CHANNELS.choose, (event, kind: unknown) => {
      this.refuseForeign(event);
      const known = PATH_KINDS.find((each) => each === kind);
      return known === undefined ? null : this.choosePath(known);
    });
    ipcMain.on(SHELL_CHANNELS.dropped, (event, path: unknown) => {
      if (isFromApp(event) && typeof path === 'string' && path !== '') this.takeDropped(path);
    });
  }

  /** Shows the window, opened first if there is none, at a page where one is given. */
  async show(hash = ''): Promise<void> {
    this.parts.closing?.stayOpen();
    const { window } = this;
    if (window === null || window.isDestroyed()) return this.open(hash);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    if (hash !== '') window.webContents.send(SHELL_CHANNELS.go, hash);
  }

  /** Shows the project of a folder, whatever is open now. */
  showProject(folder: string): Promise<void> {
    return this.show(projectHash(folder));
  }

  /** Says something without waiting for the answer. */
  say(message: string, detail: string): void {
    const options = { type: 'warning', message, detail } as const;
    const { window } = this;
    void (window === null || window.isDestroyed()
      ? dialog.showMessageBox(options)
      : dialog.showMessageBox(window, options));
  }

  private async open(hash: string): Promise<void> {
    const { closing, clock } = this.parts;
    const window = openWindow(this.parts);
    this.window = window;
    this.refreshMenu();
    closing?.watch(window);
    recoverPage(window, dialog, clock);
    // The list of recent projects is another after one was opened.
    window.on('focus', () => this.refreshMenu());
    window.webContents.on('did-navigate-in-page', () => this.refreshMenu());
    await showPage(window, hash);
  }

  private refreshMenu(): void {
    const template = menuTemplate({
      recent: this.parts.recent(),
      ...{ isLocal: this.parts.isLocal, isMac: process.platform === 'darwin' },
      go: (hash) => void this.show(hash),
      openProject: () => void this.chooseAndGo('folder', projectHash),
      importData: (kind) => void this.chooseAndGo(kind, importHash),
      about: () => this.say(`Lightbench ${app.getVersion()}`, `Electron ${process.versions['electron']}`),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  private async chooseAndGo(kind: PathKind, hashOf: (path: string) => string): Promise<void> {
    const path = await this.choosePath(kind);
    if (path !== null) await this.show(hashOf(path));
  }

  private async choosePath(kind: PathKind): Promise<string | null> {
    const { window } = this;
    if (window === null || window.isDestroyed() || !this.parts.isLocal) return null;
    const { canceled, filePaths } = await dialog.showOpenDialog(
      window,
      kind === 'folder'
        ? { properties: ['openDirectory', 'createDirectory'] }
        : { properties: ['openFile'], filters: kind === 'model' ? MODEL_FILTERS : SOURCE_FILTERS },
    );
    return canceled ? null : (filePaths[0] ?? null);
  }

  /** A project is opened; anything else is looked at as a data set. */
  private takeDropped(path: string): void {
    if (!this.parts.isLocal) {
      this.say('The engine is another machine’s.', 'It does not see files of this one; choose them on its own disk.');
      return;
    }
    const isProject = existsSync(join(path, 'project.sqlite'));
    void this.show(isProject ? projectHash(path) : importHash(path));
  }

  private refuseForeign(event: IpcMainInvokeEvent): void {
    if (!isFromApp(event)) throw new Error('a dialog was asked for by a page that is not the app');
  }
}
