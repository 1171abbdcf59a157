import { describe, expect, test } from 'vitest';
import type { TilePlace } from '../../../../native-models/geometry/tile-pyramid.ts';
import { planTiles, tileKey, tilesBeneath } from '../../../../renderer/label/doc/tile-plan.ts';
import { TileStore } from '../../../../renderer/label/doc/tile-store.ts';

const SIZE = { width: 10_000, height: 10_000 };
const ALL = { coarse: true, exact: true };
const keys = (places: readonly TilePlace[]) => places.map(tileKey);

describe('what a view needs', () => {
  test('is nothing until coarse tiles are there, then the level that fits the screen, without level 0', () => {
    expect(planTiles([0, 0, 10_000, 10_000], 0.09, SIZE, { coarse: false, exact: false }).wanted).toEqual([]);

    const plan = planTiles([0, 0, 10_000, 10_000], 0.09, SIZE, { coarse: true, exact: false });
    expect([plan.level, plan.visible.length, plan.needsExact]).toEqual([3, 9, false]);
  });

  test('is one level coarser while its own pixels are not ready, and asks for these', () => {
    const view = [4000, 4000, 5000, 5000] as const;

    expect(planTiles(view, 1, SIZE, { coarse: true, exact: false })).toMatchObject({ level: 1, needsExact: true });
    expect(planTiles(view, 1, SIZE, ALL)).toMatchObject({ level: 0, needsExact: true });
    expect(planTiles(view, 0.5, SIZE, ALL)).toMatchObject({ level: 1, needsExact: true });
    expect(planTiles(view, 0.2, SIZE, ALL)).toMatchObject({ level: 2, needsExact: false });
  });

  test('is level 0 of a picture that is no larger than a tile, ready or not', () => {
    const plan = planTiles([0, 0, 300, 200], 2, { width: 300, height: 200 }, { coarse: true, exact: false });

    expect([plan.level, keys(plan.wanted), plan.needsExact]).toEqual([0, ['0 0 0'], true]);
  });

  test('begins with the coarsest levels, then what is in view from its middle on, then what is beside it', () => {
    const plan = planTiles([4100, 4100, 5100, 5100], 1, SIZE, ALL);

    expect(keys(plan.wanted).slice(0, 5).sort()).toEqual(['4 0 0', '4 0 1', '4 1 0', '4 1 1', '5 0 0']);
    expect(keys(plan.wanted).slice(5, 5 + plan.visible.length)).toEqual(keys(plan.visible));
    expect(keys(plan.visible).sort()).toEqual(['0 8 8', '0 8 9', '0 9 8', '0 9 9']);
    expect(keys(plan.wanted)).toContain('0 7 7');
    expect(new Set(keys(plan.wanted)).size).toBe(plan.wanted.length);
  });

  test('has coarser tiles beneath, the coarsest first', () => {
    expect(keys(tilesBeneath([4100, 4100, 4200, 4200], 3, SIZE))).toEqual(['5 0 0', '4 0 0']);
  });
});

describe('tiles that are loaded', () => {
  const place = (column: number): TilePlace => ({ level: 0, column, row: 0 });
  const made = () => {
    const released: number[] = [];
    const asked: {
      column: number;
      resolve: (tile: number) => void;
      reject: (why: Error) => void;
      signal: AbortSignal;
    }[] = [];
    const load = ({ column }: TilePlace, signal: AbortSignal) =>
      new Promise<number>((resolve, reject) => {
        asked.push({ column, resolve, reject, signal });
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      });
    let loaded = 0;
    const store = new TileStore({ load, release: (tile: number) => released.push(tile) }, () => loaded++, {
      atOnce: 2,
      mostOthers: 1,
    });
    return { store, asked, released, count: () => loaded };
  };
  const turn = () => new Promise((resolve) => setTimeout(resolve));

  test('come a few at a time, the most urgent first, and each once', async () => {
    const { store, asked, count } = made();
    store.want([place(1), place(2), place(3)]);
    store.want([place(1), place(2), place(3)]);
    expect(asked.map(({ column }) => column)).toEqual([1, 2]);

    asked[0]!.resolve(1);
    await turn();

    expect([asked.map(({ column }) => column), store.get(place(1)), count()]).toEqual([[1, 2, 3], 1, 1]);
  });

  test('are stopped when the view has gone elsewhere, and asked for again when it comes back', async () => {
    const { store, asked } = made();
    store.want([place(1), place(2)]);
    store.want([place(2)]);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    await turn();

    store.want([place(1), place(2)]);

    expect(asked.map(({ column }) => column)).toEqual([1, 2, 1]);
  });

  test('are given up, those used longest ago first, but for what is wanted', async () => {
    const { store, asked, released } = made();
    store.want([place(1), place(2)]);
    asked[0]!.resolve(1);
    asked[1]!.resolve(2);
    await turn();

    store.want([place(3)]);
    expect(released).toEqual([1]);
    store.close();

    expect([released, store.size]).toEqual([[1, 2], 0]);
  });

  test('that cannot be had are not asked for again and again', async () => {
    const { store, asked } = made();
    store.want([place(1)]);
    asked[0]!.reject(new Error('no such tile'));
    await turn();

    store.want([place(1)]);

    expect(asked).toHaveLength(1);
  });
});
