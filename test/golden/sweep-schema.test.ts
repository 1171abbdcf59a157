import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../build/source-files.ts';
import { sweepSchema } from '../../main/search/sweep-schema.ts';

test('the published schema of sweep files is the one that they are read by', async () => {
  await expect(sweepSchema()).toMatchFileSnapshot(join(ROOT, 'docs', 'sweep.schema.json'));
});
