import { expect, test } from 'vitest';
import { routeOf } from '../../../renderer/app/route.ts';

test.each([
  ['', { page: 'runs' }],
  ['#', { page: 'runs' }],
  ['#/', { page: 'runs' }],
  ['#/runs', { page: 'runs' }],
  ['#/project', { page: 'project' }],
  ['#/runs/r0001', { page: 'run', id: 'r0001' }],
  ['#/runs/a%20b', { page: 'run', id: 'a b' }],
  ['#/runs/%zz', { page: 'run', id: '%zz' }],
  ['#/runs/r0001/more', { page: 'unknown', hash: '#/runs/r0001/more' }],
  ['#/nowhere', { page: 'unknown', hash: '#/nowhere' }],
])('%s names its page', (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
});
