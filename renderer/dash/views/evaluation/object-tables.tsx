/** What a detector was judged to be: every class, which was taken for which, and what kinds of mistakes cost. */

import type { ReactElement } from 'react';
import type { ObjectEvaluation } from '../../../../preload/contract/object-evaluation.ts';
import { formatCount, formatMetric } from '../../../ui/format.ts';
import { HeadRow } from '../../../ui/head-row.tsx';
import { ConfusionMatrix } from './confusion-matrix.tsx';

const NOTHING = 'background';
/** COCO's way of saying that nothing counts. */
const UNDEFINED = -1;

export function ObjectTables({ evaluation }: { evaluation: ObjectEvaluation }): ReactElement {
  const { classes, confusion } = evaluation;
  return (
    <div className="evaluation-tables">
      <ConfusionMatrix evaluation={{ classes: [...classes, NOTHING], confusion }} counted="object" />
      <div className="evaluation-stack">
        <Classes evaluation={evaluation} />
        <Mistakes evaluation={evaluation} />
      </div>
    </div>
  );
}

function Classes({ evaluation }: { evaluation: ObjectEvaluation }): ReactElement {
  const { classes, per_label_metrics, coco, boxes } = evaluation;
  const ofBoxes = boxes === undefined ? [] : ['Average precision, boxes'];
  return (
    <section className="card panel" aria-label="Classes">
      <header className="panel-head">
        <h3>Classes</h3>
      </header>
      <table className="plain counted">
        <thead>
          <HeadRow
            titles={['Class', 'Average precision', ...ofBoxes, 'Precision', 'Recall', 'AP, COCO', 'Objects', 'Found']}
          />
        </thead>
        <tbody>
          {per_label_metrics.map((row, k) => (
            <tr key={classes[k]}>
              <th scope="row">{classes[k]}</th>
              <td>{formatMetric(row.average_precision)}</td>
              {boxes && <td>{formatMetric(boxes.per_label_metrics[k]!.average_precision)}</td>}
              <td>{formatMetric(row.precision)}</td>
              <td>{formatMetric(row.recall)}</td>
              <td>{formatMetric(coco.classes[k]!.AP === UNDEFINED ? null : coco.classes[k]!.AP)}</td>
              <td>{formatCount(row.truths)}</td>
              <td>{formatCount(row.detections)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Most costly first. */
function Mistakes({ evaluation: { mistakes } }: { evaluation: ObjectEvaluation }): ReactElement {
  const rows = Object.entries(mistakes.counts).toSorted(([a], [b]) => costOf(mistakes, b) - costOf(mistakes, a));
  return (
    <section className="card panel" aria-label="Mistakes">
      <header className="panel-head">
        <h3>Mistakes</h3>
      </header>
      <table className="plain counted">
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Count</th>
            <th
              scope="col"
              title="Average precision at an overlap of 0.5, were this kind alone put right, less what it is"
            >
              Costs
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, count]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{formatCount(count)}</td>
              <td>{formatMetric(costOf(mistakes, name))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const costOf = ({ cost }: ObjectEvaluation['mistakes'], name: string): number => cost[name as keyof typeof cost] ?? 0;
