import { describe, expect, test } from 'vitest';
import { ACTIONS } from '../../../renderer/label/actions.ts';
import { comboOf, comboWords, KeyTable, readKeys, rebound } from '../../../renderer/label/keys.ts';

const press = (key: string, held: { shift?: boolean; control?: boolean } = {}) => ({
  ...{ key, shift: false, control: false },
  ...held,
});
const first = new KeyTable({});

describe('keys as they are at first', () => {
  test('each does one thing', () => {
    const all = ACTIONS.flatMap(([, actions]) => actions.flatMap(({ keys }) => keys));
    expect(new Set(all).size).toBe(all.length);
    for (const [, actions] of ACTIONS) {
      for (const { id, keys, command } of actions) {
        const [combo] = keys as [string];
        const held = { shift: combo.includes('shift+'), control: combo.startsWith('ctrl+') };
        const key = combo.replace(/^(ctrl\+)?(shift\+)?(?=.)/, '');
        expect([id, first.commandOf(press(key, held))]).toEqual([id, command]);
      }
    }
  });

  test('arrows move, letters count whatever their case', () => {
    expect(first.commandOf(press('ArrowLeft', { shift: true }))).toEqual({ do: 'nudge', dx: -10, dy: 0 });
    expect(first.commandOf(press('Z', { shift: true, control: true }))).toEqual({ do: 'redo' });
    expect(first.commandOf(press('?', { shift: true }))).toEqual({ do: 'help' });
    expect(first.commandOf(press('Escape'))).toEqual({ do: 'cancel' });
    expect(first.commandOf(press('F13'))).toBeNull();
    expect(comboOf(press('Shift', { shift: true }))).toBeNull();
  });
});

describe('a key that a person chose', () => {
  test('replaces those of the action, and whoever had it has it no longer', () => {
    const own = rebound({}, 'tool-box', 'p')!;
    const table = new KeyTable(own);

    expect(table.commandOf(press('p'))).toEqual({ do: 'tool', tool: 'box' });
    expect(table.commandOf(press('b'))).toBeNull();
    expect([table.wordsOf('tool-box'), table.wordsOf('tool-polygon')]).toEqual(['P', '']);
    const swapped = new KeyTable(rebound(own, 'tool-polygon', 'p')!);
    expect([swapped.wordsOf('tool-box'), swapped.wordsOf('tool-polygon')]).toEqual(['', 'P']);
  });

  test('is none that tools and classes need', () => {
    for (const combo of ['1', 'escape', 'enter', 'shift+arrowup', ' ', 'ctrl+k']) {
      expect(rebound({}, 'undo', combo)).toBeNull();
    }
  });

  test('is read again, and anything else that lies there is not', () => {
    const own = { undo: 'ctrl+u' };
    expect(readKeys(JSON.stringify({ ...own, nonsense: 'x', redo: 7, fit: '1' }))).toEqual(own);
    expect([readKeys(null), readKeys('{'), readKeys('3')]).toEqual([{}, {}, {}]);
    expect(comboWords('ctrl+shift++')).toBe('Ctrl Shift +');
  });
});
