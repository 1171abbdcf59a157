/**
 * A graphics card that fails in the middle of a run: this machine's CPU under another provider's name, until it breaks. Loaded
 * into processes before anything else. It lies in a folder: what it was asked is told there, and it is broken from there.
 */

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { InferenceSession } from 'onnxruntime-node';

const [FOLDER, WORDS] = ['FAILING_CARD_FOLDER', 'FAILING_CARD_WORDS'] as const;

/** What a process needs in its environment to have such a card; `words`: what it says once it is broken. */
export function cardEnvironment(folder: string, words: string): NodeJS.ProcessEnv {
  writeFileSync(logOf(folder), '');
  return { NODE_OPTIONS: `--import ${import.meta.url}`, [FOLDER]: folder, [WORDS]: words };
}

/** From now on every run on it fails. */
export const breakCard = (folder: string): void => writeFileSync(breakOf(folder), '');

/** What was asked of the runtime, in order: the provider of every session that was opened, and each run that failed. */
export const readCardLog = (folder: string): string[] => readFileSync(logOf(folder), 'utf8').trim().split('\n');

const logOf = (folder: string): string => join(folder, 'log');
const breakOf = (folder: string): string => join(folder, 'broken');

const { [FOLDER]: fitted, [WORDS]: lastWords } = env;
if (fitted !== undefined && lastWords !== undefined) putCard(fitted, lastWords);

type Create = (model: Uint8Array, options: InferenceSession.SessionOptions) => Promise<InferenceSession>;

function putCard(folder: string, words: string): void {
  const openOnCpu = InferenceSession.create.bind(InferenceSession) as unknown as Create;
  const create: Create = async (model, { preferredOutputLocation: _, extra: __, ...options }) => {
    const provider = nameOf(options);
    appendFileSync(logOf(folder), `${provider}\n`);
    const session = await openOnCpu(model, { ...options, executionProviders: ['cpu'] });
    const run = session.run.bind(session);
    session.run = ((...given: Parameters<typeof run>) => {
      if (provider === 'cpu' || !existsSync(breakOf(folder))) return run(...given);
      appendFileSync(logOf(folder), 'failed\n');
      return Promise.reject(new Error(words));
    }) as typeof session.run;
    return session;
  };
  Object.assign(InferenceSession, { create });
}

function nameOf({ executionProviders: [asked] = ['cpu'] }: InferenceSession.SessionOptions): string {
  return typeof asked === 'string' ? asked : asked!.name;
}
