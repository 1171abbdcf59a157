/** How the images and objects of the project are spread over classes, sizes and shapes. */

import type { ReactElement } from 'react';
import type { DataFacts } from '../../../preload/contract/data.ts';
import { Bars } from '../../ui/bars.tsx';
import { classBalance, imbalance, namedBins } from '../derive/charts.ts';

export function ChartsPage({ facts }: { facts: DataFacts }): ReactElement {
  const balance = classBalance(facts);
  const ratio = imbalance(balance);
  const what = facts.objects > 0 ? 'objects' : 'images';
  return (
    <div className="columns">
      <Bars title="Class balance" note={balanceWords(what, ratio)} bars={balance} />
      <Bars title="Image size" note="longer side, px" bars={namedBins(facts.longer_side_px)} />
      <Bars title="Image shape" note="width by height" bars={namedBins(facts.aspect)} />
      {facts.objects === 0 ? null : (
        <>
          <Bars title="Box size" note="square root of the share of its image" bars={namedBins(facts.box_size01)} />
          <Bars title="Box shape" note="width by height" bars={namedBins(facts.box_aspect)} />
        </>
      )}
    </div>
  );
}

/** A ratio below this reads as one. */
const ALIKE = 1.05;

function balanceWords(what: string, ratio: number | null): string {
  if (ratio === null) return what;
  return ratio < ALIKE
    ? `${what}; every class has as many`
    : `${what}; the largest has ${ratio.toPrecision(2)} times the smallest`;
}
