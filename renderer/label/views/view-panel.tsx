/** What is shown and how: light and channels of the picture, and which objects; it changes no label and no file. */

import { type ReactElement, useRef } from 'react';
import type { ShapeKind } from '../../../native-models/geometry/shape.ts';
import { ANNOTATION_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import { Field } from '../../ui/field.tsx';
import { Tick } from '../../ui/tick.tsx';
import { toggled } from '../../ui/toggled.ts';
import { ALL_SHOWN, isFiltering, type ObjectFilter, SOURCES, type Source } from '../doc/object-filter.ts';
import { AS_IT_IS, CHANNELS, isAsItIs, type PictureLook } from '../doc/picture-look.ts';
import { FLAG_WORDS } from './flag-words.ts';
import { Slider } from './slider.tsx';
import { useVisit } from './use-way-back.ts';

export interface ViewPanelProps {
  readonly look: PictureLook;
  readonly onLook: (look: PictureLook) => void;
  readonly filter: ObjectFilter;
  readonly onFilter: (filter: ObjectFilter) => void;
  /** Whether the image has objects, or classes alone. */
  readonly hasObjects: boolean;
  readonly onClose: () => void;
}

const SOURCE_WORDS: { readonly [S in Source]: string } = {
  person: 'By a person',
  model: 'From a model',
  interpolated: 'Interpolated',
};
const KIND_WORDS: { readonly [K in ShapeKind]: string } = { box: 'Boxes', polygon: 'Polygons', mask: 'Bitmaps' };

export function ViewPanel({ look, onLook, filter, onFilter, hasObjects, onClose }: ViewPanelProps): ReactElement {
  const panel = useRef<HTMLElement>(null);
  useVisit(panel);
  /** By a button that has nothing to do afterwards, and so cannot keep the focus. */
  const put = (back: () => void) => {
    back();
    panel.current!.focus();
  };
  const slide = (key: 'brightness' | 'contrast' | 'gamma', label: string, min: number, max: number) => (
    <Slider
      {...{ label, min, max }}
      step={0.05}
      value={look[key]}
      said={look[key].toFixed(2)}
      onChange={(value) => onLook({ ...look, [key]: value })}
    />
  );
  return (
    <section
      ref={panel}
      className="label-view card"
      aria-label="View"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation(); // what is chosen stays chosen
        onClose();
      }}
    >
      {slide('brightness', 'Brightness', -0.5, 0.5)}
      {slide('contrast', 'Contrast', 0.2, 4)}
      {slide('gamma', 'Gamma', 0.2, 4)}
      <fieldset className="label-flags" aria-label="Channel">
        {CHANNELS.map((channel) => (
          <button
            key={channel}
            type="button"
            className="button button-quiet label-tool"
            aria-pressed={look.channel === channel}
            onClick={() => onLook({ ...look, channel })}
          >
            {channel}
          </button>
        ))}
      </fieldset>
      {hasObjects ? <ObjectConditions filter={filter} onFilter={onFilter} /> : null}
      <div className="label-group">
        <button
          type="button"
          className="button button-quiet"
          disabled={isAsItIs(look)}
          onClick={() => put(() => onLook(AS_IT_IS))}
        >
          Picture as it is
        </button>
        <button
          type="button"
          className="button button-quiet"
          disabled={!isFiltering(filter)}
          onClick={() => put(() => onFilter(ALL_SHOWN))}
        >
          Show all objects
        </button>
      </div>
    </section>
  );
}

function ObjectConditions({ filter, onFilter }: Pick<ViewPanelProps, 'filter' | 'onFilter'>): ReactElement {
  const change = (part: Partial<ObjectFilter>) => onFilter({ ...filter, ...part });
  const area = (key: 'minArea' | 'maxArea', label: string) => (
    <Field
      label={label}
      value={filter[key] === null ? '' : String(filter[key])}
      onChange={(text) => change({ [key]: /^\d+$/.test(text.trim()) ? Number(text) : null })}
      placeholder="any"
      isNumber
    />
  );
  return (
    <>
      <fieldset className="label-conditions" aria-label="Objects on show">
        <legend className="label-hint">Show only</legend>
        {(Object.entries(KIND_WORDS) as [ShapeKind, string][]).map(([kind, words]) => (
          <Tick
            key={kind}
            isOn={filter.kinds.includes(kind)}
            onChange={() => change({ kinds: toggled(filter.kinds, kind) })}
          >
            {words}
          </Tick>
        ))}
        {ANNOTATION_FLAGS.map((flag) => (
          <Tick
            key={flag}
            isOn={filter.flags.includes(flag)}
            onChange={() => change({ flags: toggled(filter.flags, flag) })}
          >
            {FLAG_WORDS[flag]}
          </Tick>
        ))}
        {SOURCES.map((source) => (
          <Tick
            key={source}
            isOn={filter.sources.includes(source)}
            onChange={() => change({ sources: toggled(filter.sources, source) })}
          >
            {SOURCE_WORDS[source]}
          </Tick>
        ))}
      </fieldset>
      <div className="two-fields">
        {area('minArea', 'Area from, px²')}
        {area('maxArea', 'to')}
      </div>
    </>
  );
}
