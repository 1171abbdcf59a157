/** The engine as a process of its own: `node main/serve/entry.ts [project] [--json] …`; see `ServeCommand`. */

import { parseArgs } from 'node:util';
import { AppError } from '../../preload/contract/errors.ts';
import { userHome } from '../home.ts';
import { runServe, type ServeCommand } from './run-serve.ts';
import { tlsChoice } from './tls-files.ts';

const OPTIONS = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '0' },
  insecure: { type: 'boolean', default: false },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  projects: { type: 'string', multiple: true },
  'any-folder': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'stop-with-stdin': { type: 'boolean', default: false },
} as const;

const LARGEST_PORT = 65_535;

function commandOf(args: readonly string[]): ServeCommand {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (positionals.length > 1) {
    throw new AppError('bad-argument', `serve: one project at most, ${positionals.length} were given`, { positionals });
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > LARGEST_PORT) {
    throw new AppError('bad-argument', `serve: --port "${values.port}" must be 0 to ${LARGEST_PORT}`, { port });
  }
  const { host, insecure, json } = values;
  const home = userHome();
  const stopWithStdin = values['stop-with-stdin'];
  const tls = tlsChoice(values['tls-cert'], values['tls-key']);
  const roots = values['any-folder'] ? null : (values.projects ?? []);
  return { tls, roots, project: positionals[0] ?? null, host, port, insecure, json, stopWithStdin, home };
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  await runServe(commandOf(process.argv.slice(2)), process, stop.signal);
} catch (error) {
  const isForPeople = error instanceof AppError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isForPeople === true ? (error as Error).message : error);
  process.exitCode = 1;
}
