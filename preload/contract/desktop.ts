/** What the desktop shell gives its window beside the contract: a way to reach the engine, and its own versions. */

export interface DesktopBridge {
  readonly versions: { readonly electron: string; readonly chrome: string };
  /** Connects to the engine and posts a MessagePort to this window; the reply says whether it did. */
  openEngine(): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string }>;
  /** Ends the connection of this window. */
  closeEngine(): void;
  /** Told once the connection behind the port is gone; returns the way to stop listening. */
  onEngineLost(listener: () => void): () => void;
}

/** The `data` of the message that carries the port. */
export const ENGINE_PORT_MESSAGE = 'lightbench:engine-port';

/** The name on the window under which the bridge stands. */
export const BRIDGE_NAME = 'lightbench';

/** Channels between the preload script and the main process. */
export const SHELL_CHANNELS = {
  open: 'engine:open',
  port: 'engine:port',
  lost: 'engine:lost',
  close: 'engine:close',
} as const;
