import { expect, test } from 'vitest';
import { unreadText } from '../../../main/cli/format.ts';

test.each([
  ['x.jpg: there is no such file', 'x.jpg: there is no such file'],
  ['the process that scored it died', 'x.jpg: the process that scored it died'],
])('the file is named once before "%s"', (message, text) => {
  expect(unreadText({ filename: 'x.jpg', error: { code: null, message } })).toBe(text);
});
