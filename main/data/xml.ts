/** Elements of an XML file of any size, one at a time. Entities of a document type are not expanded. */

import { SaxesParser } from 'saxes';
import { AppError } from '../../preload/contract/errors.ts';
import { readChunks, toReadError } from './read-error.ts';

export interface XmlElement {
  readonly name: string;
  /** Where it begins, from 1. */
  readonly line: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without the white space around it. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly line: number;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  readonly texts: string[];
}

const MAX_DEPTH = 64;

/**
 * Every outermost element of one of the names, complete.
 * Errors: file-missing, file-unreadable, bad-xml with the line.
 */
export async function* xmlElements(
  path: string,
  names: readonly string[],
): AsyncGenerator<XmlElement, void, undefined> {
  let found: XmlElement[] = [];
  const open: OpenElement[] = [];
  let depth = 0;
  const parser = new SaxesParser({ position: true });
  const fail = (reason: string) => {
    throw new AppError('bad-xml', `${path}:${parser.line}: expected XML, got none (${reason})`, {
      file: path,
      line: parser.line,
    });
  };
  parser.on('error', ({ message }) => fail(message));
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > MAX_DEPTH) fail(`elements lie more than ${MAX_DEPTH} deep`);
    if (open.length === 0 && !names.includes(name)) return;
    open.push({ name, line: parser.line, attributes: attributes as Record<string, string>, children: [], texts: [] });
  });
  const onText = (text: string) => open.at(-1)?.texts.push(text);
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', () => {
    depth -= 1;
    const closed = open.pop();
    if (closed === undefined) return;
    const { texts, ...rest } = closed;
    const element = { ...rest, text: texts.join('').trim() };
    if (open.length > 0) open.at(-1)!.children.push(element);
    else found.push(element);
  });
  for await (const chunk of textChunks(path)) {
    parser.write(chunk);
    yield* found;
    found = [];
  }
  parser.close();
  yield* found;
}

/** The outermost element of that name in a file that is read to its end, or null. Errors: as `xmlElements`. */
export async function firstElement(path: string, name: string): Promise<XmlElement | null> {
  let first: XmlElement | null = null;
  for await (const element of xmlElements(path, [name])) first ??= element;
  return first;
}

/** The first child of that name, or null. */
export function childOf(element: XmlElement, name: string): XmlElement | null {
  return element.children.find((child) => child.name === name) ?? null;
}

/** The text of the first child of that name, or null. */
export const childText = (element: XmlElement, name: string): string | null => childOf(element, name)?.text ?? null;

async function* textChunks(path: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of readChunks(path)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw toReadError(error, path);
  }
}
