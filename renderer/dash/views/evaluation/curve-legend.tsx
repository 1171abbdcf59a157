/** Which lines the charts show: one button a line, one tab stop for all; arrow keys move between them. */

import { type KeyboardEvent, type ReactElement, useState } from 'react';
import type { CurveName } from '../../derive/evaluation-curves.ts';
import { colorNumberOf, dashOf } from './line-look.ts';

export interface CurveLegendProps {
  readonly names: readonly CurveName[];
  readonly shown: ReadonlySet<string>;
  readonly onShow: (shown: ReadonlySet<string>) => void;
}

export function CurveLegend({ names, shown, onShow }: CurveLegendProps): ReactElement {
  const [current, setCurrent] = useState(0);
  const classes = names.filter(({ isClass }) => isClass).map(({ key }) => key);
  const areAll = classes.every((key) => shown.has(key));
  const toggleClasses = () => {
    const others = [...shown].filter((key) => !classes.includes(key));
    onShow(new Set(areAll ? others : [...others, ...classes]));
  };
  return (
    <div className="curve-legend">
      <div className="legend-lines" role="toolbar" aria-label="Lines on show" onKeyDown={moveBetweenLines}>
        {names.map(({ key, name }, place) => (
          <button
            key={key}
            type="button"
            className="chip"
            aria-pressed={shown.has(key)}
            tabIndex={place === current ? 0 : -1}
            onFocus={() => setCurrent(place)}
            onClick={() => onShow(toggled(shown, key))}
          >
            <Swatch place={place} />
            {name}
          </button>
        ))}
      </div>
      <button type="button" className="button button-quiet" onClick={toggleClasses}>
        {areAll ? 'Hide all classes' : 'Show all classes'}
      </button>
    </div>
  );
}

function toggled(shown: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(shown);
  if (!next.delete(key)) next.add(key);
  return next;
}

function Swatch({ place }: { place: number }): ReactElement {
  const dash = dashOf(place);
  return (
    <svg width="18" height="4" aria-hidden="true">
      <line
        x1="0"
        y1="2"
        x2="18"
        y2="2"
        strokeWidth="2.5"
        strokeDasharray={dash === 'solid' ? undefined : dash.join(' ')}
        stroke={`var(--series-${colorNumberOf(place)})`}
      />
    </svg>
  );
}

function moveBetweenLines(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowDown: at + 1,
    ArrowLeft: at - 1,
    ArrowUp: at - 1,
    Home: 0,
    End: buttons.length - 1,
  };
  const target = buttons[targets[event.key] ?? -1];
  if (target === undefined) return;
  event.preventDefault();
  target.focus();
}
