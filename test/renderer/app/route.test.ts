import { expect, test } from 'vitest';
import { compareHref, importHref, newRunHref, routeOf, runHref } from '../../../renderer/app/route.ts';

test.each([
  ['', { page: 'runs' }],
  ['#', { page: 'runs' }],
  ['#/', { page: 'runs' }],
  ['#/runs', { page: 'runs' }],
  ['#/project', { page: 'project' }],
  ['#/projects', { page: 'projects', open: null }],
  ['#/projects/%2Fdata%2Fa', { page: 'projects', open: '/data/a' }],
  ['#/runs/r0001', { page: 'run', id: 'r0001' }],
  ['#/runs/a%20b', { page: 'run', id: 'a b' }],
  ['#/runs/%zz', { page: 'run', id: '%zz' }],
  ['#/new-run', { page: 'new-run', like: null }],
  ['#/new-run/r0001', { page: 'new-run', like: 'r0001' }],
  ['#/compare/r0001/r0002/r0001', { page: 'compare', ids: ['r0001', 'r0002'] }],
  ['#/data', { page: 'data', view: 'images' }],
  ['#/data/look-alikes', { page: 'data', view: 'look-alikes' }],
  ['#/data/nothing', { page: 'unknown', hash: '#/data/nothing' }],
  ['#/import', { page: 'import', path: '' }],
  ['#/export', { page: 'export' }],
  ['#/compare', { page: 'unknown', hash: '#/compare' }],
  ['#/runs/r0001/more', { page: 'unknown', hash: '#/runs/r0001/more' }],
  ['#/nowhere', { page: 'unknown', hash: '#/nowhere' }],
])('%s names its page', (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
});

test('addresses lead back to what they were made of', () => {
  const id = 'r/1 %';

  expect(routeOf(runHref(id))).toEqual({ page: 'run', id });
  expect(routeOf(newRunHref(id))).toEqual({ page: 'new-run', like: id });
  expect(routeOf(newRunHref(null))).toEqual({ page: 'new-run', like: null });
  expect(routeOf(importHref('/a b/c%.zip'))).toEqual({ page: 'import', path: '/a b/c%.zip' });
  expect(routeOf(compareHref([id, 'r2']))).toEqual({ page: 'compare', ids: [id, 'r2'] });
});
