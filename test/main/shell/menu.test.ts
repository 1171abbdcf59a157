import type { MenuItemConstructorOptions } from 'electron';
import { expect, test, vi } from 'vitest';
import { importHash, menuTemplate, projectHash } from '../../../main/shell/menu.ts';
import { routeOf } from '../../../renderer/app/route.ts';

const RECENT = [
  { folder: '/data/a b', name: 'Signs', task: 'image-classification', opened_at_ms: 1, is_there: true },
  { folder: '/gone', name: 'Gone', task: 'image-classification', opened_at_ms: 1, is_there: false },
] as const;

function menu(isLocal: boolean) {
  const go = vi.fn<(hash: string) => void>();
  const openProject = vi.fn();
  const parts = { recent: RECENT, isLocal, isMac: false, go, openProject, importData: vi.fn(), about: vi.fn() };
  const items = menuTemplate(parts).flatMap(all);
  const named = (label: string) => items.find((item) => item.label?.startsWith(label));
  return { items, named, go, openProject };
}

function all(item: MenuItemConstructorOptions): MenuItemConstructorOptions[] {
  const below = Array.isArray(item.submenu) ? item.submenu : [];
  return [item, ...below.flatMap(all)];
}

const press = (item: MenuItemConstructorOptions | undefined) => (item?.click as (() => void) | undefined)?.();

test('every item that leads to a page leads to one that there is', () => {
  const { items, go } = menu(true);

  for (const item of items) press(item);

  const pages = go.mock.calls.map(([hash]) => routeOf(hash).page);
  expect(pages).toEqual(['projects', 'projects', 'export', 'runs', 'sweeps', 'data', 'label', 'project']);
});

test('recent projects are offered while they are there, and open by their folder', () => {
  const { named, go } = menu(true);

  press(named('Signs'));

  expect(named('Gone')).toBeUndefined();
  expect(go).toHaveBeenCalledWith(projectHash('/data/a b'));
  expect(routeOf(projectHash('/data/a b'))).toEqual({ page: 'projects', open: '/data/a b' });
  expect(routeOf(importHash('/data/100%.zip'))).toEqual({ page: 'import', path: '/data/100%.zip' });
});

test('paths of this machine are not offered to an engine elsewhere', () => {
  const { named } = menu(false);

  expect(
    [named('Open project'), named('Import a folder'), named('Import a file')].map((item) => item?.enabled),
  ).toEqual([...[false, false, false]]);
  expect(named('Signs')).toBeUndefined();
});
