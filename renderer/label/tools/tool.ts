/**
 * Tools as state charts: a tool is in one state, which alone hears the pointer and the keys, and leaves it by `goto`.
 * A state object lives from its entry to its exit, so it has nothing stale to reset.
 */

import type { Editor, Pointer } from './editor.ts';

/** The states of a tool by name, each with what it needs on entry. */
export type States = Readonly<Record<string, unknown>>;

export interface StateContext<S extends States, K extends keyof S> {
  readonly editor: Editor;
  readonly info: S[K];
  readonly goto: <N extends keyof S & string>(state: N, info: S[N]) => void;
}

/** Whether the key presses what is under the crosshair, as far as a tool has no other use for it. */
export const isPress = (key: string): boolean => key === 'press' || key === 'Enter';

export abstract class ToolState<S extends States, K extends keyof S> {
  protected readonly editor: Editor;
  protected readonly info: S[K];
  protected readonly goto: StateContext<S, K>['goto'];

  constructor({ editor, info, goto }: StateContext<S, K>) {
    this.editor = editor;
    this.info = info;
    this.goto = goto;
  }

  enter(): void {}
  exit(): void {}
  pointerDown(_: Pointer): void {}
  pointerMove(_: Pointer): void {}
  pointerUp(_: Pointer): void {}
  /** It is over the picture no more. */
  pointerLeave(): void {}
  /** Whether the key meant something here. */
  key(_: string): boolean {
    return false;
  }
  /** Whether the key has to wait until this state is left; `press`: what presses by keys. */
  awaitsAnswer(_: string): boolean {
    return false;
  }
  /** Leaves no trace of what was going on; whether anything was. */
  cancel(): boolean {
    return false;
  }
}

export type StateTable<S extends States> = {
  readonly [K in keyof S & string]: new (
    context: StateContext<S, K>,
  ) => ToolState<S, K>;
};

export type ToolName =
  | 'select'
  | 'box'
  | 'extreme'
  | 'polygon'
  | 'cut'
  | 'brush'
  | 'eraser'
  | 'fill'
  | 'wand'
  | 'superpixels'
  | 'refine'
  | 'click'
  | 'measure';

/** A tool at work. */
export interface Tool
  extends Pick<
    ToolState<States, string>,
    'pointerDown' | 'pointerMove' | 'pointerUp' | 'pointerLeave' | 'key' | 'cancel'
  > {
  readonly name: ToolName;
  /** The state it is in. */
  readonly state: string;
  /** Resolves once there is the answer that the key has to wait for; null where it has none to wait for. */
  answerFor(key: string): Promise<void> | null;
  /** Ends whatever is going on. */
  leave(): void;
}

/** A tool that begins in its state `idle`. */
export function toolOf<S extends States & { readonly idle: null }>(
  name: ToolName,
  editor: Editor,
  table: StateTable<S>,
): Tool {
  const open = <N extends keyof S & string>(state: N, info: S[N]) => {
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    return {
      name: state as string,
      object: new table[state]({ editor, info, goto }) as ToolState<S, keyof S>,
      left,
      leave,
    };
  };
  const exit = (): void => {
    current.object.exit();
    current.leave();
  };
  const goto = <N extends keyof S & string>(state: N, info: S[N]): void => {
    exit();
    current = open(state, info);
    current.object.enter();
  };
  let current = open('idle', null as S['idle']);
  current.object.enter();
  return {
    name,
    get state() {
      return current.name;
    },
    pointerDown: (pointer) => current.object.pointerDown(pointer),
    pointerMove: (pointer) => current.object.pointerMove(pointer),
    pointerUp: (pointer) => current.object.pointerUp(pointer),
    pointerLeave: () => current.object.pointerLeave(),
    key: (key) => current.object.key(key),
    cancel: () => current.object.cancel(),
    answerFor: (key) => (current.object.awaitsAnswer(key) ? current.left : null),
    leave: () => {
      current.object.cancel();
      exit();
    },
  };
}
