/**
 * Keeps the window connected and its picture of the engine current: connects, checks the contract's version, follows
 * both streams, and starts over when anything ends. What was known stays on show meanwhile.
 */

import { AppError } from '../../../preload/contract/errors.ts';
import { CONTRACT_VERSION } from '../../../preload/contract/version.ts';
import { appErrorOf, type EngineClient } from './client.ts';
import { type ConnectionState, INITIAL_STATE, type LiveState, withRunEvent } from './live-state.ts';
import { type Channel, EngineUnavailable, Refused, SignedOut, type Transport } from './transport.ts';

/** Resolves after the time (never, for Infinity), or at once when the signal is aborted. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

const FIRST_RETRY_MS = 250;
const SLOWEST_RETRY_MS = 4_000;
const HEARTBEAT_MS = 20_000;
const HEARTBEAT_REPLY_MS = 10_000;

/** Milliseconds before the n-th try: doubling, with a limit a person does not notice as dead. */
export function retryDelayMs(attempt: number): number {
  return Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
}

class Incompatible extends Error {}

export class LiveEngine {
  private readonly transport: Transport;
  private readonly wait: Wait;
  private readonly listeners = new Set<() => void>();
  private state = INITIAL_STATE;
  private pause = new AbortController();
  private isStopped = false;
  private channel: Channel | null = null;

  constructor(transport: Transport, wait: Wait) {
    this.transport = transport;
    this.wait = wait;
  }

  /** The same object until something changes. */
  readonly getState = (): LiveState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Runs until stopped. */
  async start(): Promise<void> {
    let attempt = 0;
    while (!this.isStopped) {
      const ended = await this.connectOnce();
      if (this.isStopped) return;
      attempt = ended.wasConnected ? 1 : attempt + 1;
      this.update({ connection: connectionAfter(ended.error, attempt) });
      this.pause = new AbortController();
      const isHopeless = ended.error instanceof Incompatible || ended.error instanceof Refused;
      await this.wait(isHopeless ? Number.POSITIVE_INFINITY : retryDelayMs(attempt), this.pause.signal);
    }
  }

  /**
   * Has the engine do something.
   * Errors: the engine's own refusals; engine-unreachable while there is no connection, or when it ends meanwhile.
   */
  readonly ask = async <T>(use: (client: EngineClient) => Promise<T>): Promise<T> => {
    const { channel } = this;
    if (channel === null)
      throw new AppError('engine-unreachable', 'The engine is not connected. Try again in a moment.');
    try {
      return await use(channel.client);
    } catch (error) {
      const refusal = appErrorOf(error);
      if (refusal !== null || this.channel === channel) throw refusal ?? error;
      throw new AppError('engine-unreachable', 'The connection to the engine was lost.', {}, { cause: error });
    }
  };

  /** Follows a signal as long as this connection is there: to end a stream of one that is gone would send on what is closed. */
  readonly whileConnected = (signal: AbortSignal): AbortSignal => {
    const { channel } = this;
    const end = new AbortController();
    signal.addEventListener('abort', () => this.channel === channel && end.abort());
    return end.signal;
  };

  /** Does not wait for the next try. */
  readonly retryNow = (): void => this.pause.abort();

  stop(): void {
    this.isStopped = true;
    this.pause.abort();
    this.channel?.close();
  }

  private async connectOnce(): Promise<{ wasConnected: boolean; error: unknown }> {
    const heartbeat = new AbortController();
    let wasConnected = false;
    try {
      this.channel = await this.transport.open();
      const engine = await this.channel.client.engine.info();
      this.update({ engine });
      if (engine.contract_version !== CONTRACT_VERSION) throw new Incompatible();
      wasConnected = true;
      await this.follow(this.channel, heartbeat.signal);
      return { wasConnected, error: null };
    } catch (error) {
      return { wasConnected, error };
    } finally {
      heartbeat.abort();
      // The streams end with the channel; to abort them one by one would send on what may be closed already.
      this.channel?.close();
      this.channel = null;
    }
  }

  /** Returns when the connection closed; throws when a stream or the heartbeat failed before. */
  private async follow({ client, closed }: Channel, heartbeat: AbortSignal): Promise<void> {
    const ends = [this.followRuns(client), this.followProject(client), this.beat(client, heartbeat)];
    for (const end of ends) end.catch(() => {}); // the race below has told the first one
    await Promise.race([closed, ...ends]);
  }

  private async followRuns(client: EngineClient): Promise<void> {
    for await (const event of await client.runs.watch()) {
      this.update({ connection: { status: 'connected' }, ...withRunEvent(this.state, event) });
    }
  }

  private async followProject(client: EngineClient): Promise<void> {
    for await (const project of await client.project.watch()) this.update({ project });
  }

  /** A network that went away without a word is noticed only by asking. */
  private async beat(client: EngineClient, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.wait(HEARTBEAT_MS, signal);
      if (signal.aborted) return;
      const reply = new AbortController();
      const late = this.wait(HEARTBEAT_REPLY_MS, reply.signal).then(() => {
        if (!reply.signal.aborted) throw new Error('the engine fell silent');
      });
      await Promise.race([client.engine.info(), late]).finally(() => reply.abort());
    }
  }

  private update(change: Partial<LiveState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

function connectionAfter(error: unknown, attempt: number): ConnectionState {
  if (error instanceof SignedOut) return { status: 'signed-out' };
  if (error instanceof Refused) return { status: 'refused', problem: error.message };
  if (error instanceof Incompatible) return { status: 'incompatible' };
  const problem = error instanceof EngineUnavailable ? error.message : (appErrorOf(error)?.message ?? null);
  return { status: 'reconnecting', attempt, problem };
}
