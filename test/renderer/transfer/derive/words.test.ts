import { expect, test } from 'vitest';
import { emptyReport } from '../../../../main/data/import-report.ts';
import { reportLists, reportTitle } from '../../../../renderer/transfer/derive/words.ts';

test('a report says what it did, would do, or was stopped at', () => {
  const report = { ...emptyReport('coco'), added: 1, already_present: 2 };

  expect(reportTitle(report)).toBe('1 image was added, 2 already there.');
  expect(reportTitle({ ...report, dry_run: true, added: 3, already_present: 0 })).toBe('3 images would be added.');
  expect(reportTitle({ ...report, cancelled: true, already_present: 0 })).toBe(
    '1 image was added before it was stopped.',
  );
});

test('lists count what they do not name, and empty ones are left out', () => {
  const report = emptyReport('coco');
  report.skipped.push({ where: 'a.json: images[3]', reason: 'a.json: images[3]: no file', code: 'image-missing' });
  report.unlisted.skipped = 7;
  report.warnings.push('few images');

  expect(reportLists(report)).toEqual([
    {
      ...{ id: 'skipped', title: 'Images left out', count: 8 },
      lines: [{ where: 'a.json: images[3]', text: 'no file' }],
    },
    { ...{ id: 'warnings', title: 'Worth knowing', count: 1 }, lines: [{ where: null, text: 'few images' }] },
  ]);
});
