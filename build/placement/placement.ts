/** Where a provider puts the operations of a model, as the runtime itself says when a session is made. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { runtimePackage } from '../../main/devices/provider-files.ts';

export interface Placement {
  /** Operations by the provider that runs them; operations inside a Loop count with the others. */
  readonly counts: Readonly<Record<string, number>>;
  /** Kinds of operations on the CPU, with how many there are of each. */
  readonly onCpu: Readonly<Record<string, number>>;
  /** Copies between the host and the device that the runtime put in. */
  readonly copies: number;
}

const PLACED = /(?:All nodes|Node\(s\)) placed on \[(\w+)\]\. Number of nodes: (\d+)/;
const NODE = /VerifyEachNodeIsAssignedToAnEp\]\s+(\w+) \(/;
const COPY = /AddCopyNode\] Add Memcpy/;
const CPU = 'CPUExecutionProvider';

/** What a verbose log of a session says. Errors: when it says nothing of placement, with the log's end. */
export function parsePlacement(log: string): Placement {
  const counts: Record<string, number> = {};
  const onCpu: Record<string, number> = {};
  let copies = 0;
  let provider: string | null = null;
  for (const line of log.split('\n')) {
    const placed = PLACED.exec(line);
    const node = NODE.exec(line);
    if (COPY.test(line)) copies++;
    if (placed !== null) {
      provider = placed[1]!;
      counts[provider] = (counts[provider] ?? 0) + Number(placed[2]);
    } else if (node !== null && provider === CPU) onCpu[node[1]!] = (onCpu[node[1]!] ?? 0) + 1;
  }
  if (provider === null) throw new Error(`the runtime did not say where it put anything:\n${log.slice(-2000)}`);
  return { counts, onCpu, copies };
}

export interface Place {
  readonly provider: 'cuda' | 'webgpu';
  /** A file inside the folder from which `onnxruntime-node` is found. */
  readonly runtimeFolder: string;
  readonly environment: NodeJS.ProcessEnv;
}

const CHILD = fileURLToPath(new URL('./session-child.ts', import.meta.url));

/** Makes a session in a process of its own, since a provider that fails may take its process along. */
export async function placementOf(
  model: Uint8Array,
  { provider, runtimeFolder, environment }: Place,
): Promise<Placement> {
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-placement-'));
  try {
    const file = join(folder, 'model.onnx');
    writeFileSync(file, model);
    const child = spawn(process.execPath, [CHILD, runtimeFolder, file, provider], { env: environment });
    const [log] = await Promise.all([text(child.stderr), text(child.stdout)]);
    return parsePlacement(log);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The place of a provider that the installed runtime has. */
export function installedPlace(provider: Place['provider'], environment: NodeJS.ProcessEnv = process.env): Place {
  const { providerFolder } = runtimePackage();
  return { provider, runtimeFolder: `${providerFolder ?? import.meta.dirname}/`, environment };
}
