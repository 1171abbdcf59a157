/**
 * The items of the lists in one JSON document of any size: of a document that is a list, or of the lists under the keys
 * of a document that is an object. Bytes are only searched for where items end; JSON.parse reads them many at a time.
 */

import { AppError, messageOf } from '../../preload/contract/errors.ts';
import { readChunks } from './read-error.ts';

export interface JsonItem {
  /** Of the list; null where the document is one. */
  readonly key: string | null;
  /** Of the item in its list, from 0. */
  readonly index: number;
  readonly value: unknown;
}

export interface JsonItemsOptions {
  /** Lists under other keys, and values that are no lists, are passed over. */
  readonly keys: readonly string[];
  /** Longer items are refused. */
  readonly maxItemBytes?: number;
}

/** No honest annotation comes near. */
const MAX_ITEM_BYTES = 64 * 1024 * 1024;
const MAX_KEY_BYTES = 1024;
const CHUNK_BYTES = 1 << 20;

const [QUOTE, COMMA, BACKSLASH, COLON] = [0x22, 0x2c, 0x5c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/**
 * Tells every item, in the order of the file.
 * Errors: file-missing, file-unreadable; bad-json, naming the list and the item, where the text is no JSON.
 */
export async function readJsonItems(
  path: string,
  options: JsonItemsOptions,
  onItem: (item: JsonItem) => void,
): Promise<void> {
  const scan = new Scan(path, options, onItem);
  for await (const chunk of readChunks(path, CHUNK_BYTES)) scan.take(chunk);
  scan.end();
}

/** What a document that is an object comes to next. */
type Expects = 'key' | 'colon' | 'value' | 'comma';

class Scan {
  private readonly path: string;
  private readonly keys: ReadonlySet<string>;
  private readonly maxItemBytes: number;
  private readonly onItem: (item: JsonItem) => void;
  /** Open brackets. */
  private depth = 0;
  private isInText = false;
  private isEscaped = false;
  private isObject = false;
  private isDone = false;
  private expects: Expects = 'key';
  /** Text of the key at hand, of a document that is an object. */
  private keyBytes: number[] | null = null;
  private key: string | null = null;
  /** Depth within the list whose items are wanted; 0 outside of one. */
  private listDepth = 0;
  private index = 0;
  /** Bytes of the list that have not been parsed yet, from before the chunk at hand. */
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private isFirstChunk = true;

  constructor(path: string, { keys, maxItemBytes = MAX_ITEM_BYTES }: JsonItemsOptions, onItem: Scan['onItem']) {
    this.path = path;
    this.keys = new Set(keys);
    this.maxItemBytes = maxItemBytes;
    this.onItem = onItem;
  }

  take(chunk: Buffer): void {
    let from = this.isFirstChunk && BYTE_ORDER_MARK.every((byte, i) => chunk[i] === byte) ? BYTE_ORDER_MARK.length : 0;
    this.isFirstChunk = false;
    while (from < chunk.length) from = this.listDepth > 0 ? this.items(chunk, from) : this.outside(chunk, from);
  }

  end(): void {
    if (!this.isDone) throw this.bad(`${this.place()}: expected more, the file ends here`);
  }

  /** Walks through a wanted list to the end of the chunk or of the list; returns where it stopped. */
  private items(chunk: Buffer, from: number): number {
    let { depth, isInText, isEscaped } = this;
    let lastComma = -1;
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (isInText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isInText = false;
      } else if (byte === QUOTE) isInText = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        depth -= 1;
        if (depth < this.listDepth) break;
      } else if (byte === COMMA && depth === this.listDepth) lastComma = at;
    }
    [this.isInText, this.isEscaped, this.depth] = [isInText, isEscaped, depth];
    if (at < chunk.length) {
      if (chunk[at] === CLOSE_OBJECT) throw this.bad(`${this.place()}: expected a list to end with "]", got "}"`);
      this.parse(chunk.subarray(from, at), true);
      this.listDepth = 0;
      this.closed();
      return at + 1;
    }
    if (lastComma >= 0) this.parse(chunk.subarray(from, lastComma), false);
    const rest = chunk.subarray(lastComma >= 0 ? lastComma + 1 : from);
    this.pending.push(Buffer.from(rest));
    this.pendingBytes += rest.length;
    if (this.pendingBytes > this.maxItemBytes) {
      throw this.bad(`${this.place()}: expected at most ${this.maxItemBytes} bytes, it is longer`);
    }
    return chunk.length;
  }

  /** Items with the commas between them; the last part of a list may be empty where it is the only one. */
  private parse(part: Buffer, isLast: boolean): void {
    const text = Buffer.concat([...this.pending, part]).toString('utf8');
    this.pending = [];
    this.pendingBytes = 0;
    if (isLast && this.index === 0 && text.trim() === '') return;
    let values: unknown[];
    try {
      values = JSON.parse(`[${text}]`) as unknown[];
      if (values.length === 0) throw new SyntaxError('an item is missing before a comma or a bracket');
    } catch (error) {
      throw this.bad(`${this.place()} or one soon after it: ${messageOf(error)}`);
    }
    for (const value of values) this.onItem({ key: this.key, index: this.index++, value });
  }

  /** Walks through what is not a wanted list; returns where a wanted list begins or the chunk ends. */
  private outside(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.keyBytes !== null && this.isInText) this.addToKey(byte);
      if (this.isInText) this.inText(byte);
      else if (byte === QUOTE) this.textBegins();
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (this.opens(byte)) return at + 1;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.depth -= 1;
        this.closed();
      } else if (byte === COLON && this.depth === 1 && this.expects === 'colon') this.expects = 'value';
      else if (byte === COMMA && this.depth === 1) this.expects = 'key';
      else if (!isSpace(byte) && (this.depth === 0 || this.isDone)) throw this.unexpected(byte);
    }
    return chunk.length;
  }

  private inText(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === BACKSLASH) this.isEscaped = true;
    else if (byte === QUOTE) {
      this.isInText = false;
      if (this.keyBytes !== null) this.keyEnds();
    }
  }

  private textBegins(): void {
    if (this.depth === 0 || this.isDone) throw this.unexpected(QUOTE);
    this.isInText = true;
    if (this.depth === 1 && this.expects === 'key') this.keyBytes = [QUOTE];
  }

  private addToKey(byte: number): void {
    this.keyBytes!.push(byte);
    if (this.keyBytes!.length > MAX_KEY_BYTES) throw this.bad(`expected a key of at most ${MAX_KEY_BYTES} bytes`);
  }

  private keyEnds(): void {
    const text = Buffer.from(this.keyBytes!).toString('utf8');
    this.keyBytes = null;
    this.expects = 'colon';
    try {
      this.key = JSON.parse(text) as string;
    } catch {
      throw this.bad(`expected a key, got ${text}`);
    }
  }

  /** True where a wanted list begins. */
  private opens(byte: number): boolean {
    if (this.isDone) throw this.unexpected(byte);
    this.depth += 1;
    if (this.depth === 1) this.isObject = byte === OPEN_OBJECT;
    const isDocument = this.depth === 1 && byte === OPEN_LIST;
    const isUnderKey = this.isObject && this.depth === 2 && byte === OPEN_LIST && this.expects === 'value';
    if (!isDocument && !(isUnderKey && this.keys.has(this.key!))) return false;
    this.listDepth = this.depth;
    this.index = 0;
    return true;
  }

  /** A bracket has closed, and `depth` says what is still open. */
  private closed(): void {
    if (this.depth < 0) throw this.unexpected(CLOSE_LIST);
    if (this.depth === 1 && this.isObject) this.expects = 'comma';
    if (this.depth === 0) this.isDone = true;
  }

  private place(): string {
    const list = this.key === null ? 'entry' : `${this.key}, entry`;
    return this.listDepth > 0 ? `${list} ${this.index + 1}` : 'the document';
  }

  private unexpected(byte: number): AppError {
    const expected = this.isDone ? 'the end of the file' : 'a JSON list or object';
    return this.bad(`expected ${expected}, got "${String.fromCharCode(byte)}"`);
  }

  private bad(problem: string): AppError {
    return new AppError('bad-json', `${this.path}: ${problem}`, { file: this.path });
  }
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
