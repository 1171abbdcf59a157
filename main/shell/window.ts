/** The one kind of window: sandboxed, without Node, with the preload script that hands over a port. */

import { BrowserWindow, nativeTheme } from 'electron';
import { APP_ORIGIN } from './scheme.ts';

const SIZE_PX = { width: 1360, height: 860, minWidth: 760, minHeight: 480 };
/** `--page` of `renderer/ui/tokens.css`: what shows before the first paint. */
const PAGE_COLORS = { light: '#f5f6f8', dark: '#0f1217' };

/** Opens the window; it shows itself with its first paint. */
export async function openWindow(preload: string): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    ...SIZE_PX,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? PAGE_COLORS.dark : PAGE_COLORS.light,
    autoHideMenuBar: true,
    webPreferences: { preload, contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true },
  });
  window.once('ready-to-show', () => window.show());
  await window.loadURL(`${APP_ORIGIN}/`);
  return window;
}
