/** Programs that take turns: each waits for a line, does what it says, and answers with one line of JSON. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CHILD_FLAGS } from '../../main/train/child-flags.ts';
import { ROOT } from '../source-files.ts';

/** Debian's: the one that python3-torch belongs to. */
export const PYTHON = '/usr/bin/python3';
/** The peer keeps the memory it has freed instead of asking for fresh pages at every step: fair, and faster. */
const PEER_MALLOC = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: String(2 ** 40) };

export function hasTorch(python = PYTHON): boolean {
  return spawnSync(python, ['-c', 'import torch, torchvision'], { stdio: 'ignore' }).status === 0;
}

export class Contender {
  readonly name: string;
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.name = name;
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
    // A program that cannot start or is gone is found out by the answer that does not come.
    this.child.on('error', (error) => console.error(`${name}: ${error.message}`));
    this.child.stdin!.on('error', () => {});
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /** Sends one line and awaits the answer. Errors: when the program ends instead, or answers `{ "error" }`. */
  async ask<T>(line: string): Promise<T> {
    this.child.stdin!.write(`${line}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name}: the program ended instead of answering "${line}"; see its message above`);
    const answer = JSON.parse(value) as T & { readonly error?: string };
    if (answer.error !== undefined) throw new Error(`${this.name}: ${answer.error}`);
    return answer;
  }

  end(): void {
    this.child.stdin!.end();
  }
}

/** One of our programs, from this folder, started as the process that trains is. */
export function ours(script: string, args: readonly string[], name = 'ours'): Contender {
  const own = [...CHILD_FLAGS, join(ROOT, 'build/bench', script), ...args];
  return new Contender(name, process.execPath, own, process.env);
}

/** One of the peer's programs; its threads spin for some microseconds while they wait, as ours do. */
export function peer(script: string, args: readonly string[], threads: number, name = 'torch'): Contender {
  return new Contender(name, PYTHON, [join(ROOT, 'build/bench/peer', script), ...args], {
    ...atItsBest(process.env),
    ...PEER_MALLOC,
    OMP_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    OMP_WAIT_POLICY: 'passive',
    GOMP_SPINCOUNT: '20000',
  });
}

/** Without what a machine may have set to hold the peer's matrix products to an older processor's. */
function atItsBest({ OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...others }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return others;
}

const NAME_KERNELS = `
import ctypes, torch
torch.ones(2, 2) @ torch.ones(2, 2)
paths = {line.split()[-1] for line in open("/proc/self/maps") if "libopenblas" in line}
for path in sorted(paths):
    name = ctypes.CDLL(path).openblas_get_corename
    name.restype = ctypes.c_char_p
    print("OpenBLAS", name().decode())
if torch.backends.mkldnn.is_available(): print("oneDNN")
`;

/** The libraries the peer computes with and, where one says so, for which processor. */
export function peerKernels(): string {
  const { stdout, status } = spawnSync(PYTHON, ['-c', NAME_KERNELS], { env: atItsBest(process.env), encoding: 'utf8' });
  return status === 0 ? [...new Set(stdout.trim().split('\n'))].join(', ') : 'unknown';
}
