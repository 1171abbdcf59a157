import { readFileSync } from 'node:fs';
import { argv, exit } from 'node:process';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/**
 * The options that a command of `npm run` was given. `--help` prints what its file says of itself at the top; so does an
 * option that it does not have, with exit status 2.
 */
export function commandOptions<const T extends ParseArgsOptionsConfig>(
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>['values'] {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } } });
    const { help, ...given } = values as { readonly help?: boolean };
    if (help !== true) return given as ReturnType<typeof parseArgs<{ options: T }>>['values'];
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${introduction()}`);
    return exit(2);
  }
  console.log(introduction());
  return exit(0);
}

/** The comment at the top of the file that was started. */
function introduction(): string {
  const text = readFileSync(argv[1]!, 'utf8');
  const comment = text.slice(text.indexOf('/**') + '/**'.length, text.indexOf('*/'));
  return comment
    .split('\n')
    .map((line) => line.replace(/^ \* ?/, ''))
    .join('\n')
    .trim();
}
