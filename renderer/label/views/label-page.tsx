/** One image and all that is to be said of it: tools, picture, classes, objects; everything by keyboard too. */

import { type ReactElement, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ImageNeighbours, NewAnnotation } from '../../../preload/contract/labelling.ts';
import type { ReviewState } from '../../../preload/contract/review.ts';
import { ClassificationTask, type Task } from '../../../preload/contract/tasks.ts';
import type { Option } from '../../ui/choice.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useSize } from '../../ui/use-size.ts';
import { LabelCanvas } from '../canvas/label-canvas.tsx';
import type { ShownPicture } from '../canvas/shown-picture.ts';
import { useViewControl } from '../canvas/use-viewport.ts';
import { ALL_SHOWN, type ObjectFilter } from '../doc/object-filter.ts';
import { AS_IT_IS, type PictureLook } from '../doc/picture-look.ts';
import type { LabelApi, LabelLinks } from '../label-api.ts';
import type { LabelSession } from '../session.ts';
import { allClasses } from './all-classes.ts';
import { BetweenBoxes } from './between-boxes.tsx';
import { bring } from './bring.ts';
import { BrushPanel } from './brush-panel.tsx';
import { ClassPanel } from './class-panel.tsx';
import { ClickPanel } from './click-panel.tsx';
import { FrameStrip } from './frame-strip.tsx';
import { HelpSheet } from './help-sheet.tsx';
import { HistorySheet } from './history-sheet.tsx';
import { LabelBar } from './label-bar.tsx';
import { lookOf } from './look.ts';
import { nextDisagreement } from './next-disagreement.ts';
import { ObjectPanel } from './object-panel.tsx';
import { ProposalPanel } from './proposal-panel.tsx';
import { proposedLabels } from './proposed-labels.ts';
import { RejectDialog, ReviewPanel } from './review-panel.tsx';
import { ToolColumn } from './tool-column.tsx';
import { useClassChord } from './use-class-chord.ts';
import { useKeys } from './use-keys.ts';
import { useNeighbours } from './use-neighbours.ts';
import { useOwnKeys } from './use-own-keys.ts';
import { usePicture } from './use-picture.ts';
import { usePixels } from './use-pixels.ts';
import { usePredict } from './use-predict.ts';
import { type SequenceControl, useSequence } from './use-sequence.ts';
import { usePart, useSession } from './use-session.ts';
import { useWorkTime } from './use-work-time.ts';
import { ViewPanel } from './view-panel.tsx';

export interface LabelPageProps {
  readonly image: number;
  readonly task: Task;
  /** Of the classes of the project, ascending by name. */
  readonly colors: ReadonlyMap<string, string>;
  /** Runs that can be asked what they see. */
  readonly models: readonly Option<string>[];
  /** Models that answer clicks. */
  readonly clickModels: readonly Option<string>[];
  readonly theme: string;
  readonly api: LabelApi;
  readonly links: LabelLinks;
}

export function LabelPage(props: LabelPageProps): ReactElement {
  const { image, api, colors, links } = props;
  const [lastClass, setLastClass] = useState<string | null>(null);
  const [filter, setFilter] = useState(ALL_SHOWN);
  const [pictureLook, setPictureLook] = useState(AS_IT_IS);
  const copied = useRef<readonly NewAnnotation[]>([]);
  const neighbours = useNeighbours(api, image);
  const next = neighbours?.next ?? null;
  const { session, problem } = useSession(api, image, next, lastClass ?? colors.keys().next().value ?? null);
  const { picture, problem: unreadable } = usePicture(api, links, image, next);
  const sequence = useSequence(api, image, session, (frame) => links.follow(links.label(frame)));
  if (problem !== null) return <Notice title="This image cannot be labelled" text={problem} />;
  if (session === null) return <div className="label-page label-waiting" aria-busy="true" />;
  const shown = {
    ...props,
    session,
    sequence,
    picture,
    neighbours,
    copied,
    filter,
    setFilter,
    pictureLook,
    setPictureLook,
  };
  return (
    <>
      <Desk key={image} {...shown} onClass={setLastClass} />
      {unreadable === null ? null : <Notice title="The picture cannot be shown" text={unreadable} />}
    </>
  );
}

interface DeskProps extends LabelPageProps {
  readonly session: LabelSession;
  readonly picture: ShownPicture | null;
  readonly sequence: SequenceControl;
  readonly neighbours: ImageNeighbours | null;
  /** Outlives the image, so that copies go from one to another. */
  readonly copied: RefObject<readonly NewAnnotation[]>;
  readonly onClass: (name: string) => void;
  /** Both stay from image to image. */
  readonly filter: ObjectFilter;
  readonly setFilter: (filter: ObjectFilter) => void;
  readonly pictureLook: PictureLook;
  readonly setPictureLook: (look: PictureLook) => void;
}

function Desk(props: DeskProps): ReactElement {
  const { session, picture, neighbours, colors, theme, api, links, task, copied, onClass } = props;
  const { filter, setFilter, pictureLook, setPictureLook, sequence } = props;
  const isOfImage = ClassificationTask.safeParse(task).success;
  const document = usePart(session, (state) => state.document);
  const problem = usePart(session, (state) => state.problem);
  const stage = useRef<HTMLDivElement>(null);
  const view = useSize(stage);
  const control = useViewControl(document.size, view);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isHistoryOpen, setHistoryOpen] = useState(false);
  const [isRejecting, setRejecting] = useState(false);
  const spentMs = useWorkTime(api, props.image);
  const search = useRef<HTMLInputElement>(null);
  usePixels(session, picture);
  useEffect(() => session.setFilter(filter), [session, filter]);
  const [isViewOpen, setViewOpen] = useState(false);
  const openView = () => setViewOpen((isOpen) => !isOpen);
  const classes = useMemo(() => allClasses([...colors.keys()], document), [colors, document]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page's own colours change with the theme
  const look = useMemo(() => lookOf(colors), [colors, theme]);
  const chooseClass = useCallback(
    (name: string) => {
      onClass(name);
      if (isOfImage) session.toggleLabel(name, task === 'image-classification');
      else session.setClass(name);
    },
    [onClass, session, isOfImage, task],
  );
  const go = (image: number | null | undefined) => {
    if (image !== null && image !== undefined) links.follow(links.label(image));
  };
  const [isAsking, ask] = usePredict(api, props.image, session);
  const accept = () => {
    if (isOfImage) session.setLabels(proposedLabels(session, task));
    else session.accept(session.proposals.map(({ index }) => index));
  };
  const review = (state: ReviewState) => {
    if (state === 'rejected') setRejecting(true);
    else session.setReview({ state, note: '' });
  };
  const goToDisagreement = nextDisagreement(api, props.image, session, go);
  const keys = useOwnKeys();
  const chord = useClassChord(classes, chooseClass);
  useKeys({
    keys: keys.table,
    session,
    control,
    chord,
    task,
    isPaused: isHelpOpen || isHistoryOpen || isRejecting,
    onFindClass: () => search.current?.focus(),
    onHelp: () => setHelpOpen(true),
    onAccept: accept,
    onHistory: () => setHistoryOpen(true),
    onView: openView,
    onHideObjects: () => setFilter({ ...filter, hidesAll: !filter.hidesAll }),
    onCopy: () => {
      copied.current = session.chosen();
    },
    onPaste: () => session.paste(copied.current, 0),
    onBring: () => {
      const previous = neighbours?.previous ?? null;
      if (previous !== null) void bring(api, previous, session);
    },
    onPrevious: () => go(neighbours?.previous),
    onNext: () => go(neighbours?.next),
    onNextUnlabelled: () => go(neighbours?.next_unlabelled),
    onNextToReview: () => go(neighbours?.next_to_review),
    onNextDisagreement: goToDisagreement,
    onReview: review,
    onFrames: sequence.act,
  });

  return (
    <div className="label-page">
      <LabelBar
        {...{ session, control, neighbours, links }}
        keys={keys.table}
        onHelp={() => setHelpOpen(true)}
        onView={openView}
        onHistory={() => setHistoryOpen(true)}
      />
      {isOfImage ? null : <ToolColumn session={session} keys={keys.table} />}
      <div className="label-stage" ref={stage}>
        {view.width > 0 ? <LabelCanvas {...{ session, picture, control, view, look, pictureLook }} /> : null}
        <BetweenBoxes boxes={sequence.between} {...{ session, control, ...look }} onKey={sequence.setKey} />
        <BrushPanel session={session} />
        {isViewOpen ? (
          <ViewPanel
            look={pictureLook}
            onLook={setPictureLook}
            filter={filter}
            onFilter={setFilter}
            hasObjects={!isOfImage}
          />
        ) : null}
      </div>
      <FrameStrip {...{ session, sequence }} image={props.image} keys={keys.table} />
      <aside className="label-side">
        <ReviewPanel {...{ session, spentMs }} onReview={review} />
        <ClassPanel
          keys={keys.table}
          {...{ session, classes, look, task, filter, searchRef: search, typed: chord.waiting }}
          onClass={chooseClass}
          onFilter={setFilter}
        />
        <ClickPanel
          {...{ session, api }}
          image={props.image}
          next={neighbours?.next ?? null}
          models={props.clickModels}
          modelsLink={links.models}
        />
        <ProposalPanel
          {...{ session, look, isAsking }}
          models={props.models}
          onAsk={ask}
          onAcceptClasses={accept}
          onNext={goToDisagreement}
          nextKeys={keys.table.wordsOf('next-disagreement')}
        />
        <ObjectPanel session={session} look={look} />
      </aside>
      {problem === null ? null : (
        <div className="label-problem" role="alert">
          {problem}
        </div>
      )}
      <HistorySheet api={api} image={props.image} isOpen={isHistoryOpen} onClose={() => setHistoryOpen(false)} />
      <RejectDialog
        isOpen={isRejecting}
        note={document.told.review.note}
        onReject={(note) => {
          setRejecting(false);
          session.setReview({ state: 'rejected', note });
        }}
        onClose={() => setRejecting(false)}
      />
      <HelpSheet keys={keys} isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}
