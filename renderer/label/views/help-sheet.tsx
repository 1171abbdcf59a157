/** What keys do, on a sheet of its own. */

import type { ReactElement } from 'react';
import { Sheet } from '../../ui/sheet.tsx';
import { SHEET } from '../keys.ts';

export function HelpSheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }): ReactElement {
  return (
    <Sheet title="What keys do" isOpen={isOpen} onClose={onClose}>
      <dl className="label-keys">
        {SHEET.map(([keys, what]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
