/** Runs before the page, in the sandbox: a few named functions and no more. */

import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE_NAME, type DesktopBridge, SHELL_CHANNELS } from './contract/desktop.ts';

const bridge: DesktopBridge = {
  versions: { electron: process.versions['electron'] ?? '', chrome: process.versions['chrome'] ?? '' },
  openEngine: () => ipcRenderer.invoke(SHELL_CHANNELS.open),
  closeEngine: () => ipcRenderer.send(SHELL_CHANNELS.close),
  onEngineLost: (listener) => {
    const forward = () => listener();
    ipcRenderer.on(SHELL_CHANNELS.lost, forward);
    return () => ipcRenderer.off(SHELL_CHANNELS.lost, forward);
  },
};

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge);

// A port cannot cross the bridge. The message goes to this very window; the page checks that it came from there.
ipcRenderer.on(SHELL_CHANNELS.port, (event, message: string) => window.postMessage(message, '*', [...event.ports]));
