/** Tells what goes into a model file and comes out of it, with what it makes of a grey picture where that can be tried. */

import { createHash } from 'node:crypto';
import { AppError } from '../../../preload/contract/errors.ts';
import type { ValueFacts } from '../../../preload/contract/imported-models.ts';
import type { InspectedModel, InspectJob } from '../protocol.ts';
import { type Feeds, type Session, Tensor } from '../runtime.ts';
import { openForeign, readForeign, runForeign } from './open-model.ts';

const MIDDLE = 0.5;
const MIDDLE_LEVEL = 128;

/** Errors: file-missing, model-invalid. */
export async function inspectFile(job: InspectJob): Promise<InspectedModel> {
  const { bytes, text } = readForeign(job.file);
  const session = await openForeign(job.file, job);
  const inputs = session.inputMetadata.map(valueFacts);
  const results = await tried(session, job, inputs);
  const outputs = session.outputMetadata.map((metadata) => {
    const value = valueFacts(metadata);
    return { ...value, seen: seenIn(results?.[value.name]) };
  });
  await session.release();
  return {
    path: job.file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size_bytes: bytes.length,
    ...{ producer: text.producer, metadata: text.metadata, inputs, outputs },
  };
}

type Metadata = Session['inputMetadata'][number];

function valueFacts(metadata: Metadata): ValueFacts {
  if (!metadata.isTensor) return { name: metadata.name, type: 'no tensor', shape: [], seen: null };
  const shape = metadata.shape.map((side) => (typeof side === 'number' && side > 0 ? side : null));
  return { name: metadata.name, type: metadata.type, shape, seen: null };
}

/** Null where more than a picture goes in, or a picture of that size does not suit it: the mapping then says more. */
async function tried(
  session: Session,
  { file, side }: InspectJob,
  inputs: readonly ValueFacts[],
): Promise<Feeds | null> {
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0 || ![3, 4].includes(input.shape.length)) return null;
  const { type, shape } = input;
  if (type !== 'float32' && type !== 'uint8') return null;
  const isHwc = shape.length === 3;
  const isNhwc = shape.length === 4 && shape[1] !== 3 && shape[1] !== 1 && (shape[3] === 3 || shape[3] === 1);
  const free = isHwc ? [side, side, 3] : isNhwc ? [1, side, side, 3] : [1, 3, side, side];
  const sides = shape.map((known, i) => known ?? free[i]!);
  const count = sides.reduce((product, one) => product * one, 1);
  const data = type === 'uint8' ? new Uint8Array(count).fill(MIDDLE_LEVEL) : new Float32Array(count).fill(MIDDLE);
  try {
    return await runForeign(session, file, { [input.name]: new Tensor(type, data as Float32Array, sides) });
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function seenIn(tensor: Tensor | undefined): ValueFacts['seen'] {
  if (tensor === undefined) return null;
  if (tensor.type !== 'float32') return { shape: tensor.dims, least: 0, most: 0, sum: 0 };
  let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of tensor.data as Float32Array) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
  }
  const isEmpty = tensor.data.length === 0;
  const finite = (value: number) => (Number.isFinite(value) && !isEmpty ? value : 0);
  return { shape: tensor.dims, least: finite(least), most: finite(most), sum: finite(sum) };
}
