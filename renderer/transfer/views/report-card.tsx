/** What an import did, or would do: counts, and everything that was not taken as it is. */

import { type ReactElement, useState } from 'react';
import type { ImportReport } from '../../../preload/contract/transfers.ts';
import { formatCount, formatPlural } from '../../ui/format.ts';
import { frameWords } from '../derive/frames.ts';
import { FORMAT_WORDS, type ReportList, reportLists, reportTitle } from '../derive/words.ts';

const SHOWN_AT_FIRST = 20;

export function ReportCard({ report }: { report: ImportReport }): ReactElement {
  const { objects, classes, object_counts, dry_run } = report;
  const names = Object.keys(classes);
  const hasObjects = objects.read > 0;
  return (
    <section className="card panel import-report" aria-label="Report">
      <h2>{reportTitle(report)}</h2>
      <p className="muted">
        {FORMAT_WORDS[report.format]}
        {report.frames === null ? '' : `, ${frameWords(report.frames)}`} · {formatPlural(report.read, 'record')} read
        {hasObjects ? ` · ${formatPlural(objects.added, 'object')} added` : ''}
        {objects.dropped > 0 ? `, ${formatCount(objects.dropped)} of classes left out` : ''}
        {dry_run ? ' · nothing was written' : ''}
      </p>
      {reportLists(report).map((list) => (
        <Lines key={list.id} list={list} />
      ))}
      {names.length === 0 ? null : (
        <details>
          <summary>
            The project {dry_run ? 'would then have' : 'now has'} {formatPlural(names.length, 'class', 'classes')}
          </summary>
          <table className="plain counts">
            <thead>
              <tr>
                <th scope="col">Class</th>
                <th scope="col" className="number">
                  Images
                </th>
                {hasObjects ? (
                  <th scope="col" className="number">
                    Objects
                  </th>
                ) : null}
              </tr>
            </thead>
            <tbody>
              {names.map((name) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="number">{formatCount(classes[name] ?? 0)}</td>
                  {hasObjects ? <td className="number">{formatCount(object_counts[name] ?? 0)}</td> : null}
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  );
}

function Lines({ list: { id, title, count, lines } }: { list: ReportList }): ReactElement {
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  const unnamed = count - lines.length;
  return (
    <details open={id === 'skipped' || id === 'objects'}>
      <summary>
        {title}: {formatCount(count)}
      </summary>
      <ul className="report-lines">
        {lines.slice(0, shown).map(({ where, text }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and lines may be alike
          <li key={at}>
            {where === null ? null : <code>{where}</code>} {text}
          </li>
        ))}
      </ul>
      {shown < lines.length ? (
        <button type="button" className="button" onClick={() => setShown(lines.length)}>
          Show all {formatCount(lines.length)}
        </button>
      ) : null}
      {unnamed > 0 ? <p className="muted">and {formatCount(unnamed)} more; the command line lists them</p> : null}
    </details>
  );
}
