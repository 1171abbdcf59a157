/** Hands each window a port to the engine, and tells it when the way is gone. */

import { type IpcMain, MessageChannelMain, type WebContents } from 'electron';
import { ENGINE_PORT_MESSAGE, type EngineOpening, SHELL_CHANNELS } from '../../preload/contract/desktop.ts';
import type { EngineAddress } from './engine-process.ts';
import { isFromApp } from './guards.ts';
import { type Relay, relay, TokenRefused } from './relay.ts';

/** `engine` gives a running engine, started anew if the last one ended. */
export function openDoor(ipcMain: IpcMain, engine: () => Promise<EngineAddress>): void {
  const relays = new Map<WebContents, Relay>();

  ipcMain.handle(SHELL_CHANNELS.open, async (event): Promise<EngineOpening> => {
    if (!isFromApp(event)) throw new Error('engine:open came from a page that is not the app');
    relays.get(event.sender)?.close();
    try {
      const opened = await handOver(event.sender, await engine());
      relays.set(event.sender, opened);
      void opened.closed.then(() => forget(event.sender, opened));
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: (error as Error).message, isRefused: error instanceof TokenRefused };
    }
  });

  ipcMain.on(SHELL_CHANNELS.close, (event) => {
    if (isFromApp(event)) relays.get(event.sender)?.close();
  });

  /** A relay that was replaced is gone without a word: the window has another. */
  function forget(window: WebContents, gone: Relay): void {
    if (relays.get(window) !== gone) return;
    relays.delete(window);
    if (!window.isDestroyed()) window.send(SHELL_CHANNELS.lost);
  }
}

async function handOver(window: WebContents, engine: EngineAddress): Promise<Relay> {
  const { port1, port2 } = new MessageChannelMain();
  const opened = await relay(port1, engine);
  window.postMessage(SHELL_CHANNELS.port, ENGINE_PORT_MESSAGE, [port2]);
  window.once('destroyed', opened.close);
  return opened;
}
