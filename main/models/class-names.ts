/** Names of a model's classes, out of a file beside it or out of its own text; whatever wrote them. */

import { readFileSync, statSync } from 'node:fs';
import { AppError } from '../../preload/contract/errors.ts';

/** More than any list of classes. */
const MOST_BYTES = 4 << 20;
/** Under which exporters keep names in a file's metadata. */
const KEYS = ['names', 'labels', 'classes', 'class_names'];

/** A JSON list, a JSON mapping from numbers, or a name a line. Errors: file-missing, file-unreadable. */
export function readClassNames(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) throw new AppError('file-missing', `labels: there is no file ${path}`, { file: path });
  if (found.size > MOST_BYTES) {
    const message = `${path}: ${found.size} bytes are no list of classes; at most ${MOST_BYTES}`;
    throw new AppError('file-unreadable', message, { file: path });
  }
  const names = namesIn(readFileSync(path, 'utf8'));
  if (names !== null) return names;
  throw new AppError('file-unreadable', `${path}: expected a JSON list of names, or a name a line`, { file: path });
}

/** Null where the file says nothing of its classes. */
export function namesInMetadata(metadata: ReadonlyMap<string, string>): string[] | null {
  for (const key of KEYS) {
    const text = metadata.get(key);
    const names = text === undefined ? null : namesIn(text);
    if (names !== null) return names;
  }
  return null;
}

function namesIn(text: string): string[] | null {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') return null;
  if (!/^[[{]/.test(trimmed)) return filled(trimmed.split(/\r?\n/).map((line) => line.trim()));
  const parsed = parsedAs(trimmed) ?? parsedAs(asJson(trimmed));
  if (Array.isArray(parsed)) return filled(parsed.map(String));
  if (typeof parsed !== 'object' || parsed === null) return null;
  const numbered = Object.entries(parsed);
  const names = Array.from({ length: numbered.length }, () => '');
  for (const [key, name] of numbered) {
    const at = Number(key);
    if (!Number.isInteger(at) || at < 0 || at >= names.length) return null;
    names[at] = String(name);
  }
  return filled(names);
}

const filled = (names: readonly string[]): string[] | null =>
  names.length > 0 && names.every((name) => name.trim() !== '') ? names.map((name) => name.trim()) : null;

/** `{0: 'cat', 1: "dog's"}`, as Python prints a mapping. */
const asJson = (text: string): string =>
  text
    .replace(/'((?:[^'\\]|\\.)*)'/g, (_, inner: string) => JSON.stringify(inner.replace(/\\(.)/g, '$1')))
    .replace(/([{,]\s*)(\d+)\s*:/g, '$1"$2":');

function parsedAs(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not JSON; the caller tries what else it may be
  }
}
