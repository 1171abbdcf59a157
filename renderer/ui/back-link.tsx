import type { ReactElement } from 'react';
import { BackIcon } from './icons.tsx';

/** The way back to the page above. */
export function BackLink({ href, to }: { href: string; to: string }): ReactElement {
  return (
    <a className="button button-quiet back" href={href}>
      <BackIcon /> {to}
    </a>
  );
}
