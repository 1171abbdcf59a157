import { describe, expect, test } from 'vitest';
import { placesOf } from '../../../main/shell/places.ts';

const OF_CHECKOUT = { LIGHTBENCH_RENDERER: '/built', LIGHTBENCH_NODE: '/node', LIGHTBENCH_ENGINE: '/entry.ts' };
const resources = '/opt/lightbench/resources';

describe('where the parts of the app lie', () => {
  test('in a checkout as the environment says, and nowhere else', () => {
    const at = { isPackaged: false, resources, platform: 'linux' } as const;

    expect(placesOf(OF_CHECKOUT, at)).toEqual({ renderer: '/built', node: '/node', entry: '/entry.ts' });
    expect(() => placesOf({ ...OF_CHECKOUT, LIGHTBENCH_NODE: '' }, at)).toThrow(
      'LIGHTBENCH_NODE is not set; start Lightbench with npm start',
    );
  });

  test('in a package beside the app, whatever the environment says', () => {
    expect(placesOf(OF_CHECKOUT, { isPackaged: true, resources, platform: 'linux' })).toEqual({
      renderer: '/opt/lightbench/resources/engine/dist/renderer',
      node: '/opt/lightbench/resources/engine/node',
      entry: '/opt/lightbench/resources/engine/main/serve/entry.ts',
    });
  });
});
