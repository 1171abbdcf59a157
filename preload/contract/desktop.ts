/** What the desktop shell gives its window beside the contract: a way to reach the engine, and its own versions. */

export const PATH_KINDS = ['folder', 'source', 'model'] as const;
export type PathKind = (typeof PATH_KINDS)[number];

/** `isRefused` where the engine answers and lets this window in under no circumstances, so that trying again is no use. */
export type EngineOpening =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly isRefused: boolean };

export interface DesktopBridge {
  /** Whether the engine is this machine's, so that paths chosen here mean something to it. */
  readonly isLocal: boolean;
  readonly versions: { readonly electron: string; readonly chrome: string };
  /** Connects to the engine and posts a MessagePort to this window; the reply says whether it did. */
  openEngine(): Promise<EngineOpening>;
  /** Ends the connection of this window. */
  closeEngine(): void;
  /** Told once the connection behind the port is gone; returns the way to stop listening. */
  onEngineLost(listener: () => void): () => void;
  /** Asks for a folder, or for a file of annotations or an archive, or a model, by the system's own dialog; null for none. */
  choosePath(kind: PathKind): Promise<string | null>;
  /** Told of a page to show, by the menu or by something dropped on the window; returns the way to stop listening. */
  onGo(listener: (hash: string) => void): () => void;
}

/** The `data` of the message that carries the port. */
export const ENGINE_PORT_MESSAGE = 'lightbench:engine-port';

/** The name on the window under which the bridge stands. */
export const BRIDGE_NAME = 'lightbench';

/** An argument of the window's process where the engine is another machine's. */
export const REMOTE_FLAG = '--lightbench-remote';

/** Channels between the preload script and the main process. */
export const SHELL_CHANNELS = {
  open: 'engine:open',
  port: 'engine:port',
  lost: 'engine:lost',
  close: 'engine:close',
  choose: 'shell:choose-path',
  go: 'shell:go',
  dropped: 'shell:dropped',
} as const;
