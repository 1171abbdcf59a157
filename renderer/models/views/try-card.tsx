/** What a model says of one image before it is added: drawn over the picture, with its own names. */

import { type ReactElement, useEffect, useState } from 'react';
import type { ModelMapping, ModelSource, Tried } from '../../../preload/contract/imported-models.ts';
import { formatPlural } from '../../ui/format.ts';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useLoaded } from '../../ui/use-loaded.ts';
import type { ModelApi, ModelLinks } from '../model-api.ts';

export interface TryCardProps {
  readonly api: ModelApi;
  readonly links: ModelLinks;
  readonly source: ModelSource;
  readonly mapping: ModelMapping;
}

/** Fainter things would hide the others. */
const LEAST_SCORE = 0.25;
const MOST_LINES = 12;
/** About as wide as the picture is shown, so that lines and letters keep their size. Units: pixels of the screen. */
const DRAWN_WIDTH = 640;

export function TryCard({ api, links, source, mapping }: TryCardProps): ReactElement {
  const { loaded: images, problem } = useLoaded(api.images);
  const [at, setAt] = useState(0);
  const tried = useAction(api.tryOut);
  const { forget } = tried;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was said by another mapping is not what this one says
  useEffect(forget, [mapping, at, forget]);
  if (images === null) {
    return problem === null ? (
      <p role="status">Looking for an image …</p>
    ) : (
      <Problem title="No image to try it on" text={problem} />
    );
  }
  const image = images[at];
  if (image === undefined) return <p className="muted">There is no image to try it on yet.</p>;
  return (
    <section className="model-try" aria-label="Try it">
      <div className="transfer-actions">
        <button type="button" className="button" disabled={at === 0} onClick={() => setAt(at - 1)}>
          Previous image
        </button>
        <button type="button" className="button" disabled={at + 1 >= images.length} onClick={() => setAt(at + 1)}>
          Next image
        </button>
        <button
          type="button"
          className="button button-main"
          disabled={tried.isBusy}
          onClick={() => tried.run({ source, mapping, image_id: image })}
        >
          {tried.isBusy ? 'Looking …' : 'Try it on this image'}
        </button>
      </div>
      <Problem title="The model said nothing" text={tried.problem} />
      <div className="model-picture">
        <img src={links.picture(image)} alt={`Number ${at + 1} of the project`} />
        {tried.value === null ? null : <Drawn tried={tried.value} />}
      </div>
      {tried.value === null ? null : <Said tried={tried.value} />}
    </section>
  );
}

function Drawn({ tried: { width_px, height_px, objects } }: { tried: Tried }): ReactElement {
  const pixel = width_px / DRAWN_WIDTH;
  return (
    <svg viewBox={`0 0 ${width_px} ${height_px}`} role="img" aria-label="What the model found">
      {objects
        .filter(({ score }) => score >= LEAST_SCORE)
        .map(({ index, class_name, score, xyxy: [x0, y0, x1, y1], polygon }) => (
          <g key={index} className="model-found">
            {(polygon ?? []).flatMap(({ outline, holes }) =>
              [outline, ...holes].map((ring) => (
                <polygon key={ring.slice(0, 8).join()} points={ring.join(' ')} strokeWidth={pixel} />
              )),
            )}
            <rect x={x0} y={y0} width={x1 - x0} height={y1 - y0} strokeWidth={1.5 * pixel} />
            <text x={x0 + 2 * pixel} y={y0 + 13 * pixel} fontSize={12 * pixel}>
              {class_name} {Math.round(100 * score)} %
            </text>
          </g>
        ))}
    </svg>
  );
}

function Said({ tried: { objects, classes } }: { tried: Tried }): ReactElement {
  const sure = objects.filter(({ score }) => score >= LEAST_SCORE).length;
  return (
    <div role="status">
      {classes.length > 0 ? null : (
        <p>
          {formatPlural(sure, 'object')} of which it is {Math.round(100 * LEAST_SCORE)} % sure or more,{' '}
          {objects.length - sure} fainter.
        </p>
      )}
      <ul className="report-lines">
        {classes.slice(0, MOST_LINES).map(({ class_name, probability }) => (
          <li key={class_name}>
            {class_name} {(100 * probability).toFixed(1)} %
          </li>
        ))}
      </ul>
    </div>
  );
}
