/** Runs before the page, in the sandbox: a few named functions and no more. */

import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { BRIDGE_NAME, type DesktopBridge, REMOTE_FLAG, SHELL_CHANNELS } from './contract/desktop.ts';

const bridge: DesktopBridge = {
  isLocal: !process.argv.includes(REMOTE_FLAG),
  versions: { electron: process.versions['electron'] ?? '', chrome: process.versions['chrome'] ?? '' },
  openEngine: () => ipcRenderer.invoke(SHELL_CHANNELS.open),
  closeEngine: () => ipcRenderer.send(SHELL_CHANNELS.close),
  onEngineLost: (listener) => {
    const forward = () => listener();
    ipcRenderer.on(SHELL_CHANNELS.lost, forward);
    return () => ipcRenderer.off(SHELL_CHANNELS.lost, forward);
  },
  choosePath: (kind) => ipcRenderer.invoke(SHELL_CHANNELS.choose, kind),
  onGo: (listener) => {
    const forward = (_: unknown, hash: string) => listener(hash);
    ipcRenderer.on(SHELL_CHANNELS.go, forward);
    return () => ipcRenderer.off(SHELL_CHANNELS.go, forward);
  },
};

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge);

// A port cannot cross the bridge. The message goes to this very window; the page checks that it came from there.
ipcRenderer.on(SHELL_CHANNELS.port, (event, message: string) => window.postMessage(message, '*', [...event.ports]));

// What is dropped would else be shown in place of the app. Only here is its path known.
addEventListener('dragover', (event) => {
  if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
});
addEventListener('drop', (event) => {
  const file = event.dataTransfer?.files[0];
  if (file === undefined) return;
  event.preventDefault();
  ipcRenderer.send(SHELL_CHANNELS.dropped, pathOf(file));
});

/** Before Electron 32 the path stood on the file itself. */
function pathOf(file: File): string {
  return webUtils === undefined ? (file as File & { readonly path: string }).path : webUtils.getPathForFile(file);
}
