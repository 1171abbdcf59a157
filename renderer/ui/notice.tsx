/** A page or a panel that has nothing to show, and says why and what to do. */

import type { ReactElement, ReactNode } from 'react';

export interface NoticeProps {
  readonly title: string;
  readonly text: ReactNode;
  /** Commands to type, one a line. */
  readonly commands?: readonly string[];
  readonly action?: ReactNode;
  readonly icon?: ReactNode;
}

export function Notice({ title, text, commands, action, icon }: NoticeProps): ReactElement {
  return (
    <section className="notice card">
      {icon === undefined ? null : <div className="notice-icon">{icon}</div>}
      <h2>{title}</h2>
      <p>{text}</p>
      {commands === undefined ? null : (
        <pre>
          <code>{commands.join('\n')}</code>
        </pre>
      )}
      {action}
    </section>
  );
}
