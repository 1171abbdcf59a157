/** Finds the parameters in what a checkpoint holds, and their names without what wrappers put before them. */

import { shown } from './pickle.ts';
import { WeightsFormatError } from './stored-tensor.ts';
import { SAVE_AGAIN, TorchTensor } from './torch-objects.ts';

/** Where training scripts keep a model's parameters, averaged ones first. Source: timm, `load_state_dict`. */
const WRAPPED_AS = ['state_dict_ema', 'model_ema', 'state_dict', 'model_state_dict', 'model', 'net', 'module'] as const;

/**
 * Tensors by name, of the dict itself or of the first known entry that has any.
 * Errors: WeightsFormatError when there are none.
 */
export function stateDictOf(object: unknown): ReadonlyMap<string, TorchTensor> {
  if (!(object instanceof Map)) throw new WeightsFormatError(`holds ${kindOf(object)}, not a dict of tensors`);
  const candidates = [object, ...WRAPPED_AS.map((key) => object.get(key))];
  const found = candidates.map(tensorsOf).find((tensors) => tensors.size > 0);
  if (found) return found;
  const keys = [...object.keys()].slice(0, 3).map(shown).join(', ');
  throw new WeightsFormatError(`holds a dict of ${keys || 'nothing'}, and tensors in none of them; ${SAVE_AGAIN}`);
}

/** Versions and counts among the tensors are left out. */
function tensorsOf(value: unknown): Map<string, TorchTensor> {
  if (!(value instanceof Map)) return new Map();
  const pairs = [...value].filter(([name, tensor]) => typeof name === 'string' && tensor instanceof TorchTensor);
  return new Map(pairs as [string, TorchTensor][]);
}

function kindOf(object: unknown): string {
  if (object instanceof TorchTensor) return 'one tensor without a name';
  return shown(object);
}

/** What data-parallel training, compiled models and training frameworks put before every name. */
const PREFIXES = ['module.', '_orig_mod.', 'model.'];

/** Entries under their model's own names. */
export function withoutPrefix<T>(entries: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const prefix = PREFIXES.find(
    (known) => entries.size > 0 && [...entries.keys()].every((key) => key.startsWith(known)),
  );
  if (prefix === undefined) return entries;
  return withoutPrefix(new Map([...entries].map(([key, value]) => [key.slice(prefix.length), value])));
}
