/** What is said of the image beside it: how far it is, its classes, what models propose, its objects. A frame after the picture. */

import type { ReactElement } from 'react';
import { AfterFrame } from '../../ui/after-frame.tsx';
import type { Look } from '../canvas/paint.ts';
import { ClassPanel } from './class-panel.tsx';
import { ClickPanel } from './click-panel.tsx';
import type { DeskProps } from './label-page.tsx';
import { ObjectPanel } from './object-panel.tsx';
import { ProposalPanel } from './proposal-panel.tsx';
import { ReviewPanel, type ReviewPanelProps } from './review-panel.tsx';
import type { ClassChord } from './use-class-chord.ts';
import type { WayBack } from './use-way-back.ts';

export interface LabelSideProps extends DeskProps {
  readonly classes: readonly string[];
  readonly look: Look;
  readonly chord: ClassChord;
  readonly search: WayBack;
  readonly chooseClass: (name: string) => void;
  readonly review: ReviewPanelProps['onReview'];
  readonly isAsking: boolean;
  readonly ask: (model: string) => void;
  /** Takes what models propose. */
  readonly accept: () => void;
}

export function LabelSide(props: LabelSideProps): ReactElement {
  const { session, api, image, neighbours, classes, look, task, filter, search, chord, isAsking, accept } = props;
  const keys = props.keys.table;
  return (
    <aside className="label-side">
      <AfterFrame of={session}>
        <ReviewPanel {...{ session, api, image }} onReview={props.review} />
        <ClassPanel
          {...{ session, keys, classes, look, task, filter, search, typed: chord.waiting }}
          onClass={props.chooseClass}
          onFilter={props.setFilter}
        />
        <ClickPanel
          {...{ session, api, image }}
          next={neighbours?.next ?? null}
          models={props.clickModels}
          modelsLink={props.links.models}
        />
        <ProposalPanel
          {...{ session, look, isAsking }}
          models={props.models}
          onAsk={props.ask}
          onAcceptClasses={accept}
          onNext={props.way.goToDisagreement}
          nextKeys={keys.wordsOf('next-disagreement')}
        />
        <ObjectPanel key={`objects ${image}`} {...{ session, look }} />
      </AfterFrame>
    </aside>
  );
}
