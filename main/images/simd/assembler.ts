/**
 * Writes WebAssembly functions from TypeScript expressions: just what the pixel loops need, 32-bit integers and vectors
 * of 128 bits, so that they run as fast as compiled code without a compiler at hand and without a binary in the source.
 * Source: WebAssembly Core Specification 2.0, section 5 (binary format).
 */

/** Instructions that leave one value. */
export type Code = readonly number[];

type ValueType = 'i32' | 'v128';

const VALUE_TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, v128: 0x7b };
const NO_RESULT = 0x40;
const [BLOCK, LOOP, IF, ELSE, END] = [0x02, 0x03, 0x04, 0x05, 0x0b];
const [BRANCH, BRANCH_IF, RETURN] = [0x0c, 0x0d, 0x0f];
const [GET, SET] = [0x20, 0x21];
const [CONSTANT, EQUAL_ZERO, LESS, ADD] = [0x41, 0x45, 0x48, 0x6a];

/** A number in LEB128, unsigned. */
export function unsigned(value: number): number[] {
  const bytes = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

/** A number in LEB128, signed. */
export function signed(value: number): number[] {
  const bytes = [];
  let rest = value;
  for (; rest < -0x40 || rest >= 0x40; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest & 0x7f];
}

/** A variable of a function. */
export interface Variable {
  readonly get: Code;
  readonly index: number;
}

/** Collects the statements of one function, of which all parameters are integers and which returns nothing. */
export class FunctionWriter<Name extends string = string> {
  /** Their values. They are never changed. */
  readonly parameters: Readonly<Record<Name, Code>>;
  readonly arity: number;
  private readonly locals: ValueType[] = [];
  private readonly body: number[] = [];

  constructor(names: readonly Name[]) {
    const values = names.map((name, index): [Name, Code] => [name, [GET, ...unsigned(index)]]);
    this.parameters = Object.fromEntries(values) as Record<Name, Code>;
    this.arity = names.length;
  }

  /** Appends an instruction that leaves nothing, such as a store. */
  run(code: Code): void {
    for (const byte of code) this.body.push(byte);
  }

  /** A variable with this value. */
  variable(type: ValueType, value: Code): Variable {
    const index = this.arity + this.locals.length;
    this.locals.push(type);
    const made = { index, get: [GET, ...unsigned(index)] };
    this.set(made, value);
    return made;
  }

  /** A value computed once here, to be used any number of times below. */
  integer(value: Code): Code {
    return this.variable('i32', value).get;
  }

  /** As `integer`, for vectors. */
  vector(value: Code): Code {
    return this.variable('v128', value).get;
  }

  set({ index }: Variable, value: Code): void {
    this.run([...value, SET, ...unsigned(index)]);
  }

  /** Repeats the statements that `body` writes while `condition` is not zero. */
  while(condition: Code, body: () => void): void {
    this.run([BLOCK, NO_RESULT, LOOP, NO_RESULT, ...condition, EQUAL_ZERO, BRANCH_IF, 1]);
    body();
    this.run([BRANCH, 0, END, END]);
  }

  /** Runs the statements that `then` writes when `condition` is not zero, else those of `otherwise`. */
  when(condition: Code, then: () => void, otherwise?: () => void): void {
    this.run([...condition, IF, NO_RESULT]);
    then();
    if (otherwise !== undefined) {
      this.run([ELSE]);
      otherwise();
    }
    this.run([END]);
  }

  /** Ends the function here. */
  leave(): void {
    this.run([RETURN]);
  }

  /** Repeats the statements that `body` writes for 0, `step`, 2 * `step`, … as long as that is less than `limit`. */
  count(limit: Code, step: number, body: (counter: Code) => void): void {
    const counter = this.variable('i32', [CONSTANT, 0]);
    this.while([...counter.get, ...limit, LESS], () => {
      body(counter.get);
      this.set(counter, [...counter.get, CONSTANT, ...signed(step), ADD]);
    });
  }

  /** Locals and statements, as the code section holds them. */
  bytes(): number[] {
    const declared = this.locals.flatMap((type) => [1, VALUE_TYPES[type]]);
    const content = [...unsigned(this.locals.length), ...declared, ...this.body, END];
    return [...unsigned(content.length), ...content];
  }
}

/** A module that exports the functions and, as `memory`, what they work on. */
export function moduleOf(functions: Readonly<Record<string, FunctionWriter>>): Uint8Array<ArrayBuffer> {
  const all = Object.values(functions);
  const types = all.map(({ arity }) => [0x60, ...vectorOf(new Array(arity).fill([VALUE_TYPES.i32])), 0]);
  const exports = Object.keys(functions).map((name, i) => [...text(name), 0, ...unsigned(i)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // \0asm, version 1
    ...section(1, types),
    ...section(
      3,
      all.map((_, i) => unsigned(i)),
    ),
    ...section(5, [[0, 1]]), // one memory, one page to begin with
    ...section(7, [...exports, [...text('memory'), 2, 0]]),
    ...section(
      10,
      all.map((one) => one.bytes()),
    ),
  ]);
}

function section(id: number, entries: readonly (readonly number[])[]): number[] {
  const content = vectorOf(entries);
  return [id, ...unsigned(content.length), ...content];
}

function vectorOf(entries: readonly (readonly number[])[]): number[] {
  return [...unsigned(entries.length), ...entries.flat()];
}

function text(name: string): number[] {
  return [...unsigned(name.length), ...Buffer.from(name, 'latin1')];
}
