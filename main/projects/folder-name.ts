/** Names of folders that a window may make. */

import { AppError } from '../../preload/contract/errors.ts';

/** What the file systems of all three operating systems take as a folder's name. */
const FOLDER_NAME = /^[^<>:"/\\|?*\p{Cc}]+$/u;

/** The name itself. Errors: bad-argument when it is none everywhere. */
export function folderName(name: string): string {
  if (FOLDER_NAME.test(name) && !/^[. ]|[. ]$/.test(name)) return name;
  const message = `"${name}" is no name for a folder: leave out < > : " / \\ | ? * and points or spaces at its ends`;
  throw new AppError('bad-argument', message, { name });
}
