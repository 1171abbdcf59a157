/** What the source says of itself, and what of it becomes what in the project. */

import { type ReactElement, useState } from 'react';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import { Split } from '../../../preload/contract/tasks.ts';
import type { SourceSurvey } from '../../../preload/contract/transfers.ts';
import { Choice } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { formatCount, formatPlural } from '../../ui/format.ts';
import { splitWords } from '../../ui/split-words.ts';
import { Tick } from '../../ui/tick.tsx';
import { type ClassRow, classRows, type Mapping, withClass, withSplit } from '../derive/mapping.ts';
import { FORMAT_WORDS } from '../derive/words.ts';

export interface MappingCardProps {
  readonly survey: SourceSurvey;
  readonly project: ProjectOverview;
  readonly mapping: Mapping;
  readonly onChange: (mapping: Mapping) => void;
}

const SHOWN_CLASSES = 100;
const SHOWN_PROBLEMS = 5;

export function MappingCard({ survey, project, mapping, onChange }: MappingCardProps): ReactElement {
  const { format, formats, images, objects, problem_count, problems } = survey;
  const others = formats.filter((name) => name !== format).map((name) => FORMAT_WORDS[name].replace(/^A /, 'a '));
  const areMissing = images === 0 && problems.some(({ code }) => code === 'image-missing');
  return (
    <section className="card panel import-mapping" aria-label="What becomes of it">
      <h2>
        {FORMAT_WORDS[format]}: {formatPlural(images, 'image')}
        {objects > 0 ? `, ${formatPlural(objects, 'object')}` : ''}
      </h2>
      {others.length === 0 ? null : (
        <p className="muted">
          It could be read as {others.join(', or as ')} too: choose that under “Format and pictures elsewhere”.
        </p>
      )}
      {problem_count === 0 ? null : (
        <div className="reason">
          <strong>{formatPlural(problem_count, 'record')} cannot be read</strong>
          <ul className="report-lines">
            {problems.slice(0, SHOWN_PROBLEMS).map(({ where, reason }) => (
              <li key={`${where} ${reason}`}>
                <code>{where}</code> {reason}
              </li>
            ))}
          </ul>
          {areMissing ? (
            <p>
              Where the pictures lie elsewhere, name their folder under “Format and pictures elsewhere”, and look again.
            </p>
          ) : null}
        </div>
      )}
      {survey.classes.length === 0 ? null : <ClassTable {...{ survey, project, mapping, onChange }} />}
      {images === 0 ? null : <Splits {...{ survey, mapping, onChange }} />}
      {format === 'video' ? null : (
        <Tick isOn={mapping.copy} onChange={(copy) => onChange({ ...mapping, copy })}>
          Copy the pictures into the project{mapping.copy ? '' : ': they are linked, and must stay where they are'}
        </Tick>
      )}
    </section>
  );
}

function ClassTable({ survey, project, mapping, onChange }: MappingCardProps): ReactElement {
  const [text, setText] = useState('');
  const rows = classRows(
    survey,
    mapping,
    project.classes.map(({ name }) => name),
  );
  const wanted = rows.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
  const leaveOut = (isOut: boolean) =>
    onChange(wanted.reduce((next, { name }) => withClass(next, name, isOut ? null : name), mapping));
  return (
    <>
      <div className="mapping-head">
        <h3>{formatPlural(rows.length, 'class', 'classes')}</h3>
        {rows.length > SHOWN_CLASSES ? <Field label="Show classes with" value={text} onChange={setText} /> : null}
        <div className="page-actions">
          <button type="button" className="button" onClick={() => leaveOut(true)}>
            Leave out all
          </button>
          <button type="button" className="button" onClick={() => leaveOut(false)}>
            Take all as they are
          </button>
        </div>
      </div>
      <div className="mapping-scroll">
        <table className="plain mapping">
          <thead>
            <tr>
              <th scope="col">Class of the source</th>
              <th scope="col" className="number">
                Images
              </th>
              {survey.objects === 0 ? null : (
                <th scope="col" className="number">
                  Objects
                </th>
              )}
              <th scope="col">Becomes</th>
              <th scope="col">Taken</th>
              <th scope="col">
                <span className="visually-hidden">Note</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {wanted.slice(0, SHOWN_CLASSES).map((row) => (
              <ClassLine
                key={row.name}
                row={row}
                hasObjects={survey.objects > 0}
                onChange={(to) => onChange(withClass(mapping, row.name, to))}
              />
            ))}
          </tbody>
        </table>
      </div>
      {wanted.length > SHOWN_CLASSES ? (
        <p className="muted">
          and {formatCount(wanted.length - SHOWN_CLASSES)} more; type a part of a name to see them
        </p>
      ) : null}
    </>
  );
}

interface ClassLineProps {
  readonly row: ClassRow;
  readonly hasObjects: boolean;
  readonly onChange: (to: string | null) => void;
}

function ClassLine({ row, hasObjects, onChange }: ClassLineProps): ReactElement {
  const { name, images, objects, becomes, note } = row;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">{formatCount(images)}</td>
      {hasObjects ? <td className="number">{formatCount(objects)}</td> : null}
      <td className="mapping-name">
        <input
          aria-label={`${name} becomes`}
          value={becomes ?? ''}
          disabled={becomes === null}
          onChange={(event) => onChange(event.target.value)}
          spellCheck={false}
        />
      </td>
      <td>
        <Tick isOn={becomes !== null} label={`Take ${name}`} onChange={(isOn) => onChange(isOn ? name : null)} />
      </td>
      <td className="muted mapping-note">{note}</td>
    </tr>
  );
}

type SplitsProps = Omit<MappingCardProps, 'project'>;

const OPEN = 'open';
const SPLIT_OPTIONS: readonly { readonly id: Split | typeof OPEN; readonly label: string }[] = [
  { id: OPEN, label: splitWords(null) },
  ...Split.options.map((id) => ({ id, label: splitWords(id) })),
];

function Splits({ survey, mapping, onChange }: SplitsProps): ReactElement {
  return (
    <>
      <h3>Parts of the data</h3>
      <div className="mapping-splits">
        {survey.splits.map(({ name, images, becomes }) => {
          const told = name === null ? mapping.split : mapping.splits.get(name);
          const value = (told === undefined ? becomes : told) ?? OPEN;
          const label = name === null ? 'Images in no part' : `Part “${name}”`;
          return (
            <Choice
              key={name ?? ' none'}
              label={`${label} (${formatPlural(images, 'image')})`}
              value={value}
              options={SPLIT_OPTIONS}
              onChange={(chosen) => {
                const to = chosen === OPEN ? null : chosen;
                onChange(name === null ? { ...mapping, split: to } : withSplit(mapping, name, to));
              }}
            />
          );
        })}
      </div>
    </>
  );
}
