/** One axis of parallel coordinates: a name that moves it, a track to brush, and the two ends of what is chosen. */

import { type KeyboardEvent, type PointerEvent, type ReactElement, useEffect, useRef } from 'react';
import { fraction01, placeAt, type ScaledAxis, textAt, ticksOf, within } from '../derive/parallel.ts';

export interface ParallelAxisProps {
  readonly axis: ScaledAxis;
  /** Where it stands, from the left. */
  readonly at01: number;
  readonly position: number;
  readonly count: number;
  readonly brush: readonly [low: number, high: number] | null;
  readonly onBrush: (range: readonly [number, number] | null) => void;
  readonly onMove: (position: number) => void;
  /** The position of an axis under the pointer. */
  readonly positionOf: (clientX: number) => number;
}

const percent = (at01: number): string => `${100 * at01}%`;

export function ParallelAxis(props: ParallelAxisProps): ReactElement {
  const { axis, at01, brush, onBrush } = props;
  const track = useRef<HTMLDivElement>(null);
  const press = useRef<number | null>(null);
  const placeUnder = ({ clientY }: PointerEvent) => {
    const { top, height } = track.current!.getBoundingClientRect();
    return placeAt(axis, Math.max(0, Math.min(1, 1 - (clientY - top) / height)));
  };
  const frame = useRef(0);
  const begin = (event: PointerEvent<HTMLElement>) => {
    cancelAnimationFrame(frame.current);
    event.currentTarget.setPointerCapture(event.pointerId);
    press.current = placeUnder(event);
    onBrush(null); // a press alone takes back what was chosen
  };
  const drag = (event: PointerEvent) => {
    const [from, to] = [press.current, placeUnder(event)];
    if (from === null || from === to) return;
    // A pointer tells more places than there are frames.
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => onBrush([Math.min(from, to), Math.max(from, to)]));
  };
  const letGo = () => {
    press.current = null;
  };
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const [low, high] = brush === null ? [axis.low, axis.high] : within(axis, brush);
  return (
    <div className="parallel-axis" style={{ left: percent(at01) }}>
      <AxisName {...props} />
      <div
        className="parallel-track"
        ref={track}
        onPointerDown={begin}
        onPointerMove={drag}
        onPointerUp={letGo}
        onPointerCancel={letGo}
      >
        {ticksOf(axis).map(({ at01: at, text }) => (
          <span key={at} className="parallel-tick" style={{ bottom: percent(at) }}>
            {text}
          </span>
        ))}
        {brush === null ? null : (
          <div
            className="parallel-brush"
            style={{ bottom: percent(fraction01(axis, low)), height: percent((high - low) / (axis.high - axis.low)) }}
          />
        )}
        <End {...props} which="least" place={low} onChange={(place) => onBrush([Math.min(place, high), high])} />
        <End {...props} which="greatest" place={high} onChange={(place) => onBrush([low, Math.max(place, low)])} />
      </div>
    </div>
  );
}

function AxisName({ axis: { name }, position, count, onMove, positionOf }: ParallelAxisProps): ReactElement {
  const isHeld = useRef(false);
  const keys: Readonly<Record<string, number>> = {
    ArrowLeft: position - 1,
    ArrowRight: position + 1,
    Home: 0,
    End: count - 1,
  };
  const letGo = () => {
    isHeld.current = false;
  };
  const move = (to: number) => {
    if (to !== position && to >= 0 && to < count) onMove(to);
  };
  return (
    <button
      type="button"
      className="parallel-name"
      title={`${name}: drag it, or press an arrow key, to move the axis`}
      aria-label={`${name}, axis ${position + 1} of ${count}; arrow keys move it`}
      onKeyDown={(event) => {
        const to = keys[event.key];
        if (to === undefined) return;
        event.preventDefault();
        move(to);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        isHeld.current = true;
      }}
      onPointerMove={({ clientX }) => {
        if (isHeld.current) move(positionOf(clientX));
      }}
      onPointerUp={letGo}
      onPointerCancel={letGo}
    >
      {name}
    </button>
  );
}

interface EndProps extends ParallelAxisProps {
  readonly which: 'least' | 'greatest';
  readonly place: number;
  readonly onChange: (place: number) => void;
}

const STEP = 0.02; // of the axis, for a key; a page is ten of them

/** An end of what is chosen, as a slider for the keyboard. */
function End({ axis, which, place, onChange, onBrush }: EndProps): ReactElement {
  const at01 = fraction01(axis, place);
  const unit = axis.categories === null ? STEP : 1 / axis.categories.length;
  const keys: Readonly<Record<string, number>> = {
    ArrowUp: at01 + unit,
    ArrowRight: at01 + unit,
    ArrowDown: at01 - unit,
    ArrowLeft: at01 - unit,
    PageUp: at01 + 10 * STEP,
    PageDown: at01 - 10 * STEP,
    Home: 0,
    End: 1,
  };
  const press = (event: KeyboardEvent) => {
    const to = keys[event.key];
    if (event.key === 'Escape') onBrush(null);
    else if (to !== undefined) onChange(placeAt(axis, Math.max(0, Math.min(1, to))));
    else return;
    event.preventDefault();
  };
  return (
    <span
      className={`parallel-end parallel-${which}`}
      style={{ bottom: percent(at01) }}
      role="slider"
      tabIndex={0}
      aria-label={`${which} ${axis.name} chosen`}
      aria-orientation="vertical"
      aria-valuemin={axis.low}
      aria-valuemax={axis.high}
      aria-valuenow={place}
      aria-valuetext={textAt(axis, place)}
      onKeyDown={press}
    />
  );
}
