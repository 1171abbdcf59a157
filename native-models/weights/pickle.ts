/**
 * Reads a pickle without executing anything. A pickle is a program for a small stack machine; this one knows the
 * instructions that build numbers, text, lists and dicts, and asks a host what a name stands for, what a call of it
 * gives, and what lies outside the pickle. Whatever else occurs is refused by its name. Lists and tuples become arrays,
 * dicts become maps.
 * Source: CPython 3.11, Lib/pickletools.py.
 */

import { WeightsFormatError } from './stored-tensor.ts';

export interface PickleHost {
  /** What a name stands for. Errors: WeightsFormatError for a name that has no business here. */
  readonly global: (name: string) => unknown;
  /** What a call of something `global` gave evaluates to. */
  readonly call: (callee: unknown, values: readonly unknown[]) => unknown;
  /** What an id stands for that leads out of the pickle. */
  readonly persistent: (id: unknown) => unknown;
}

export interface Unpickled {
  readonly value: unknown;
  /** Offset of the first byte behind it. */
  readonly end: number;
}

const HIGHEST_PROTOCOL = 5;
const MOST_INSTRUCTIONS = 500_000; // a checkpoint takes some thirty for a tensor
const LONGEST_INTEGER_BYTES = 32;

/** Errors: WeightsFormatError. */
export function unpickle(bytes: Uint8Array, host: PickleHost, start = 0): Unpickled {
  const machine = new Machine(bytes, host, start);
  for (let count = 0; count < MOST_INSTRUCTIONS; count++) {
    const code = machine.byte();
    if (code === STOP) return { value: machine.pop(), end: machine.at };
    const step = STEPS.get(code);
    if (step === undefined) throw fail(`instruction ${nameOf(code)} at byte ${machine.at - 1} is not allowed`);
    step(machine);
  }
  throw fail(`more than ${MOST_INSTRUCTIONS} instructions`);
}

const fail = (problem: string) => new WeightsFormatError(`pickle: ${problem}`);

/** Stands on the stack where a sequence of values began. */
const MARK = Symbol('mark');

class Machine {
  at: number;
  readonly host: PickleHost;
  readonly memo = new Map<number, unknown>();
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly stack: unknown[] = [];

  constructor(bytes: Uint8Array, host: PickleHost, start: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.host = host;
    this.at = start;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  top(): unknown {
    const value = this.stack.at(-1);
    if (this.stack.length === 0 || value === MARK) throw fail(`a value is missing before byte ${this.at}`);
    return value;
  }

  mark(): void {
    this.stack.push(MARK);
  }

  /** The values since the last mark, which goes with them. */
  sinceMark(): unknown[] {
    const at = this.stack.lastIndexOf(MARK);
    if (at < 0) throw fail(`a mark is missing before byte ${this.at}`);
    return this.stack.splice(at).slice(1);
  }

  popMany(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  byte(): number {
    return this.view.getUint8(this.skip(1));
  }

  int32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  unsigned(size: 1 | 2 | 4 | 8): number {
    const at = this.skip(size);
    if (size === 1) return this.view.getUint8(at);
    if (size === 2) return this.view.getUint16(at, true);
    if (size === 4) return this.view.getUint32(at, true);
    const value = this.view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw fail(`a length of ${value} bytes`);
    return Number(value);
  }

  float64(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  data(length: number): Uint8Array {
    const at = this.skip(length);
    return this.bytes.subarray(at, at + length);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.data(length));
  }

  line(): string {
    const end = this.bytes.indexOf(NEWLINE, this.at);
    if (end < 0) throw fail('a line has no end');
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw fail(`value ${index} is recalled but was never kept`);
    this.push(this.memo.get(index));
  }

  private skip(length: number): number {
    const at = this.at;
    if (length > this.bytes.length - at) throw fail(`ends at byte ${this.bytes.length} where more is due: cut short?`);
    this.at += length;
    return at;
  }
}

const NEWLINE = 0x0a;
const STOP = 0x2e;
const code = (letter: string): number => letter.charCodeAt(0);

/** What each allowed instruction does, by its byte. */
const STEPS: ReadonlyMap<number, (m: Machine) => void> = new Map<number, (m: Machine) => void>([
  [0x80, (m) => refuseProtocol(m.byte())],
  [0x95, (m) => void m.unsigned(8)], // FRAME: how much follows, for readers of streams
  // Marks and stack.
  [code('('), (m) => m.mark()],
  [code('0'), (m) => void m.pop()],
  [code('1'), (m) => void m.sinceMark()],
  [code('2'), (m) => m.push(m.top())],
  // Memo.
  [code('q'), (m) => void m.memo.set(m.byte(), m.top())],
  [code('r'), (m) => void m.memo.set(m.unsigned(4), m.top())],
  [0x94, (m) => void m.memo.set(m.memo.size, m.top())],
  [code('h'), (m) => m.recall(m.byte())],
  [code('j'), (m) => m.recall(m.unsigned(4))],
  // Scalars.
  [code('N'), (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [code('J'), (m) => m.push(m.int32())],
  [code('K'), (m) => m.push(m.byte())],
  [code('M'), (m) => m.push(m.unsigned(2))],
  [0x8a, (m) => m.push(integerOf(m.data(m.byte())))],
  [code('G'), (m) => m.push(m.float64())],
  // Text and bytes. Python 2 wrote text as bytes (U, T).
  [code('X'), (m) => m.push(m.text(m.unsigned(4)))],
  [0x8c, (m) => m.push(m.text(m.byte()))],
  [0x8d, (m) => m.push(m.text(m.unsigned(8)))],
  [code('U'), (m) => m.push(m.text(m.byte()))],
  [code('T'), (m) => m.push(m.text(m.unsigned(4)))],
  [code('C'), (m) => m.push(m.data(m.byte()).slice())],
  [code('B'), (m) => m.push(m.data(m.unsigned(4)).slice())],
  // Lists and tuples.
  [code(')'), (m) => m.push([])],
  [code(']'), (m) => m.push([])],
  [code('t'), (m) => m.push(m.sinceMark())],
  [code('l'), (m) => m.push(m.sinceMark())],
  [0x85, (m) => m.push(m.popMany(1))],
  [0x86, (m) => m.push(m.popMany(2))],
  [0x87, (m) => m.push(m.popMany(3))],
  [code('a'), (m) => append(m.popMany(1), m.top())],
  [code('e'), (m) => append(m.sinceMark(), m.top())],
  // Dicts.
  [code('}'), (m) => m.push(new Map())],
  [code('d'), (m) => m.push(fill(m.sinceMark(), new Map()))],
  [code('s'), (m) => void fill(m.popMany(2), m.top())],
  [code('u'), (m) => void fill(m.sinceMark(), m.top())],
  // Names and calls: the host decides.
  [code('c'), (m) => m.push(m.host.global(`${m.line()}.${m.line()}`))],
  [0x93, (m) => m.push(m.host.global(m.popMany(2).map(textOnly).join('.')))],
  [code('R'), (m) => call(m)],
  [code('Q'), (m) => m.push(m.host.persistent(m.pop()))],
  [code('b'), (m) => build(m)],
]);

/** Names of instructions that run code or make objects of any class, for the message that refuses them. */
const REFUSED: Readonly<Record<string, string>> = { i: 'INST', o: 'OBJ', P: 'PERSID' };
const REFUSED_BYTES: ReadonlyMap<number, string> = new Map([
  [0x81, 'NEWOBJ'],
  [0x92, 'NEWOBJ_EX'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
]);

function nameOf(byte: number): string {
  return REFUSED_BYTES.get(byte) ?? REFUSED[String.fromCharCode(byte)] ?? `0x${byte.toString(16).padStart(2, '0')}`;
}

function refuseProtocol(version: number): void {
  if (version > HIGHEST_PROTOCOL) throw fail(`protocol ${version}, at most ${HIGHEST_PROTOCOL} is known`);
}

/** Two's complement, least significant byte first; a bigint only where a number would round. */
function integerOf(bytes: Uint8Array): number | bigint {
  if (bytes.length > LONGEST_INTEGER_BYTES) throw fail(`an integer of ${bytes.length} bytes`);
  const magnitude = bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const value = BigInt.asIntN(8 * bytes.length, magnitude);
  const rounded = Number(value);
  return Number.isSafeInteger(rounded) ? rounded : value;
}

function textOnly(value: unknown): string {
  if (typeof value !== 'string') throw fail('a name that is no text');
  return value;
}

function append(values: readonly unknown[], list: unknown): void {
  if (!Array.isArray(list)) throw fail('a value is appended to what is no list');
  for (const value of values) list.push(value);
}

function fill(pairs: readonly unknown[], dict: unknown): unknown {
  if (!(dict instanceof Map)) throw fail('an entry is set in what is no dict');
  if (pairs.length % 2 !== 0) throw fail('a dict has a key without a value');
  for (let i = 0; i < pairs.length; i += 2) {
    const key = pairs[i];
    if (typeof key === 'object' && key !== null) throw fail('a dict has a key that is no text or number');
    dict.set(key, pairs[i + 1]);
  }
  return dict;
}

function call(m: Machine): void {
  const [callee, values] = m.popMany(2);
  if (!Array.isArray(values)) throw fail('a call without its values');
  m.push(m.host.call(callee, values));
}

/** Attributes of an ordered dict, such as the versions torch keeps of its layers, say nothing of its tensors. */
function build(m: Machine): void {
  m.pop();
  if (!(m.top() instanceof Map)) throw fail('an object is given attributes, which only a dict may have');
}

const LONGEST_SHOWN = 60;

/** A value in an error's message: lists and dicts by their kind, since they may be deep, endless or huge. */
export function shown(value: unknown): string {
  if (value instanceof Map) return 'a dict';
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'an object';
  return String(value).slice(0, LONGEST_SHOWN);
}
