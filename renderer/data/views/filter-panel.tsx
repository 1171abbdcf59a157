/** The conditions that images are filtered by. */

import type { ReactElement } from 'react';
import type { BoxDoubt, DataFacts, ImageFilter } from '../../../preload/contract/data.ts';
import { NO_FILTER } from '../../../preload/contract/data.ts';
import { ReviewState } from '../../../preload/contract/review.ts';
import { Split } from '../../../preload/contract/tasks.ts';
import { Field } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { REVIEW_WORDS } from '../../ui/review-words.ts';
import { splitWords } from '../../ui/split-words.ts';
import { Tick } from '../../ui/tick.tsx';
import { toggled } from '../../ui/toggled.ts';
import { conditionCount, DOUBT_WORDS, LABEL_WORDS } from '../derive/words.ts';

export interface FilterPanelProps {
  readonly facts: DataFacts;
  readonly filter: ImageFilter;
  readonly onChange: (filter: ImageFilter) => void;
}

export function FilterPanel({ facts, filter, onChange }: FilterPanelProps): ReactElement {
  const change = (part: Partial<ImageFilter>) => onChange({ ...filter, ...part });
  return (
    <aside className="card panel filters" aria-label="Filters">
      <header className="panel-head">
        <h2>Filters</h2>
        {conditionCount(filter) === 0 ? null : (
          <button type="button" className="button button-quiet" onClick={() => onChange(NO_FILTER)}>
            Clear all
          </button>
        )}
      </header>
      <Group title="Classes">
        {facts.classes.map(({ name, color, images }) => (
          <Option
            key={name}
            isOn={filter.classes.includes(name)}
            onChange={() => change({ classes: toggled(filter.classes, name) })}
            label={name}
            color={color}
            count={images}
          />
        ))}
      </Group>
      <Group title="Labels">
        {Object.entries(LABEL_WORDS).map(([labels, words]) => (
          <Option
            key={labels}
            isOn={filter.labels === labels}
            onChange={(isOn) => change({ labels: isOn ? (labels as ImageFilter['labels']) : null })}
            label={words}
          />
        ))}
      </Group>
      <Group title="Review">
        {ReviewState.options.map((state) => (
          <Option
            key={state}
            isOn={filter.reviews.includes(state)}
            onChange={() => change({ reviews: toggled(filter.reviews, state) })}
            label={REVIEW_WORDS[state]}
            count={facts.reviews[state]}
          />
        ))}
      </Group>
      <Group title="Part of the data">
        {[...Split.options, null].map((split) => (
          <Option
            key={split}
            isOn={filter.splits.includes(split)}
            onChange={() => change({ splits: toggled(filter.splits, split) })}
            label={splitWords(split)}
          />
        ))}
      </Group>
      {facts.tags.length === 0 ? null : (
        <Group title="Tags">
          {facts.tags.map(({ name, images }) => (
            <Option
              key={name}
              isOn={filter.tags.includes(name)}
              onChange={() => change({ tags: toggled(filter.tags, name) })}
              label={name}
              count={images}
            />
          ))}
        </Group>
      )}
      <Group title="Longer side, px">
        <div className="two-fields">
          <SideField label="from" value={filter.min_side_px} onChange={(min_side_px) => change({ min_side_px })} />
          <SideField label="to" value={filter.max_side_px} onChange={(max_side_px) => change({ max_side_px })} />
        </div>
      </Group>
      {facts.objects === 0 ? null : (
        <Group title="Doubtful boxes">
          {(Object.entries(DOUBT_WORDS) as [BoxDoubt, string][]).map(([doubt, words]) => (
            <Option
              key={doubt}
              isOn={filter.doubt === doubt}
              onChange={(isOn) => change({ doubt: isOn ? doubt : null })}
              label={words}
              count={facts.doubts[doubt]}
            />
          ))}
        </Group>
      )}
    </aside>
  );
}

function Group({ title, children }: { title: string; children: React.ReactNode }): ReactElement {
  return (
    <fieldset className="filter-group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

interface OptionProps {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly label: string;
  readonly color?: string;
  readonly count?: number;
}

function Option({ isOn, onChange, label, color, count }: OptionProps): ReactElement {
  return (
    <Tick isOn={isOn} onChange={onChange}>
      {color === undefined ? null : <span className="swatch" style={{ background: color }} />}
      <span className="filter-name" title={label}>
        {label}
      </span>
      {count === undefined ? null : <span className="filter-count">{formatCount(count)}</span>}
    </Tick>
  );
}

interface SideFieldProps {
  readonly label: string;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}

function SideField({ label, value, onChange }: SideFieldProps): ReactElement {
  const change = (text: string) => {
    const side = Number(text);
    onChange(text.trim() !== '' && Number.isSafeInteger(side) && side > 0 ? side : null);
  };
  return (
    <Field label={label} value={value === null ? '' : String(value)} onChange={change} placeholder="any" isNumber />
  );
}
