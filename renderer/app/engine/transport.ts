/** A way to the engine: MessagePort in the desktop, WebSocket in a browser. */

import type { EngineClient } from './client.ts';

/** One connection; when it is gone, another is opened, never the same again. */
export interface Channel {
  readonly client: EngineClient;
  /** Settles when the connection ended, whoever ended it. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface Transport {
  /**
   * Errors: SignedOut when the engine answers but does not know this window; Refused when trying again is no use;
   * EngineUnavailable when it says why it cannot run; any other when it does not answer.
   */
  open(): Promise<Channel>;
}

/** The engine cannot run; the message is its own, for people. */
export class EngineUnavailable extends Error {}

/** The engine lets this window in under no circumstances; the message is its own, for people. */
export class Refused extends Error {}

export class SignedOut extends Error {
  constructor() {
    super('the engine does not know this window');
    this.name = 'SignedOut';
  }
}
