/** One image and all that is to be said of it: tools, picture, classes, objects; everything by keyboard too. */

import { type ReactElement, type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Size } from '../../../native-models/geometry/box.ts';
import type { ImageNeighbours, NewAnnotation } from '../../../preload/contract/labelling.ts';
import type { ReviewState } from '../../../preload/contract/review.ts';
import { isClassification, type Task } from '../../../preload/contract/tasks.ts';
import type { Option } from '../../ui/choice.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useSize } from '../../ui/use-size.ts';
import { LabelCanvas } from '../canvas/label-canvas.tsx';
import type { ShownPicture } from '../canvas/shown-picture.ts';
import { useViewControl } from '../canvas/use-viewport.ts';
import type { Point } from '../doc/hit.ts';
import { ALL_SHOWN, type ObjectFilter } from '../doc/object-filter.ts';
import { AS_IT_IS, type PictureLook } from '../doc/picture-look.ts';
import type { LabelApi, LabelLinks } from '../label-api.ts';
import type { LabelSession } from '../session.ts';
import { Way } from '../way.ts';
import { allClasses } from './all-classes.ts';
import { Announcer } from './announcer.tsx';
import { BetweenBoxes } from './between-boxes.tsx';
import { bring } from './bring.ts';
import { BrushPanel } from './brush-panel.tsx';
import { DeskSheets, type SheetName } from './desk-sheets.tsx';
import { FrameStrip } from './frame-strip.tsx';
import { LabelBar } from './label-bar.tsx';
import { LabelSide } from './label-side.tsx';
import { ProblemNote } from './problem-note.tsx';
import { proposedLabels } from './proposed-labels.ts';
import { goToRegion } from './regions.ts';
import { ToolColumn } from './tool-column.tsx';
import { useClassChord } from './use-class-chord.ts';
import { useGoOn } from './use-go-on.ts';
import { type PageGate, useHold, useHoldForDialog, useKeyGate } from './use-key-gate.ts';
import { useKeyboardHand } from './use-keyboard-hand.ts';
import { useKeys } from './use-keys.ts';
import { useLook } from './use-look.ts';
import { useOpenImage } from './use-open-image.ts';
import { type OwnKeysControl, useOwnKeys } from './use-own-keys.ts';
import { usePixels } from './use-pixels.ts';
import { usePredict } from './use-predict.ts';
import { type SequenceControl, useSequence } from './use-sequence.ts';
import { usePart } from './use-session.ts';
import { useWayBack } from './use-way-back.ts';
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
  const view = useRef<Size>({ width: 0, height: 0 });
  const activeClass = useRef<string | null>(null);
  activeClass.current = lastClass ?? colors.keys().next().value ?? null;
  const { session, problem, picture, unreadable, neighbours } = useOpenImage(api, links, image, { view, activeClass });
  useGoOn(session);
  const keys = useOwnKeys();
  const gate = useKeyGate(image, keys.table);
  useHold(gate, session === null && problem === null);
  const keptHand = useRef<Point | null>(null);
  const follow = (to: number) => links.follow(links.label(to));
  const way = new Way({ image, api, session, neighbours, gate: gate.gate, follow });
  const sequence = useSequence({ api, image, session, way });
  if (problem !== null) {
    const start = (
      <a className="button" href={links.start}>
        Label another
      </a>
    );
    return <Notice title="This image cannot be labelled" text={problem} action={start} />;
  }
  if (session === null) return <div className="label-page label-waiting" aria-busy="true" />;
  const shown = {
    ...props,
    ...{ session, sequence, picture, neighbours, copied, filter, setFilter, pictureLook, setPictureLook },
    ...{ keys, gate, way, keptHand, viewRef: view },
  };
  return (
    <>
      <Desk {...shown} onClass={setLastClass} />
      {unreadable === null ? null : <Notice title="The picture cannot be shown" text={unreadable} />}
    </>
  );
}

export interface DeskProps extends LabelPageProps {
  readonly session: LabelSession;
  readonly picture: ShownPicture | null;
  readonly sequence: SequenceControl;
  readonly neighbours: ImageNeighbours | null;
  readonly keys: OwnKeysControl;
  readonly gate: PageGate;
  readonly way: Way;
  /** Where keys drew on the image before. */
  readonly keptHand: RefObject<Point | null>;
  /** Outlives the image, so that copies go from one to another. */
  readonly copied: RefObject<readonly NewAnnotation[]>;
  readonly onClass: (name: string) => void;
  /** Both stay from image to image. */
  readonly filter: ObjectFilter;
  readonly setFilter: (filter: ObjectFilter) => void;
  readonly pictureLook: PictureLook;
  readonly setPictureLook: (look: PictureLook) => void;
  /** Told how much room pictures have. */
  readonly viewRef: RefObject<Size>;
}

function Desk(props: DeskProps): ReactElement {
  const { session, picture, neighbours, colors, theme, api, links, task, copied, onClass, viewRef, keys } = props;
  const { filter, setFilter, pictureLook, setPictureLook, sequence, gate, way, keptHand } = props;
  const isOfImage = isClassification(task);
  const document = usePart(session, (state) => state.document);
  const stage = useRef<HTMLDivElement>(null);
  const view = useSize(stage);
  viewRef.current = view;
  const control = useViewControl(session, document.size, view);
  const [opened, setOpened] = useState<{ readonly image: number; readonly name: SheetName } | null>(null);
  const sheet = opened?.image === props.image ? opened.name : null;
  useHoldForDialog(gate, sheet !== null);
  const openSheet = (name: SheetName) => setOpened({ image: props.image, name });
  const search = useWayBack();
  const page = useRef<HTMLDivElement>(null);
  const { hand, surface, take } = useKeyboardHand(session, control, keptHand);
  useHold(gate, view.width === 0);
  usePixels(session, picture);
  useLayoutEffect(() => session.setFilter(filter), [session, filter]);
  const [isViewOpen, setViewOpen] = useState(false);
  const openView = () => setViewOpen((isOpen) => !isOpen);
  const classes = useMemo(() => allClasses([...colors.keys()], document), [colors, document]);
  const look = useLook(colors, theme);
  const chooseClass = useCallback(
    (name: string) => {
      onClass(name);
      session.inTurn(() => {
        if (isOfImage) session.toggleLabel(name, task === 'image-classification');
        else session.setClass(name);
      });
    },
    [onClass, session, isOfImage, task],
  );
  const [isAsking, ask] = usePredict(api, props.image, session);
  const accept = () => {
    if (isOfImage) session.setLabels(proposedLabels(session, task));
    else session.accept(session.proposals.map(({ index }) => index));
  };
  const review = (state: ReviewState) => {
    if (state === 'rejected') openSheet('reject');
    else session.setReview({ state, note: '' });
  };
  const chord = useClassChord(props.image, classes, chooseClass);
  const targets = {
    ...{ session, control, chord, task, hand, way, keys: keys.table },
    isPaused: sheet !== null,
    onFindClass: search.go,
    onCanvas: take,
    onRegion: (by: 1 | -1) => goToRegion(page.current!, by),
    onHelp: () => openSheet('keys'),
    onAccept: accept,
    onHistory: () => openSheet('history'),
    onView: openView,
    onHideObjects: () => setFilter({ ...filter, hidesAll: !filter.hidesAll }),
    onCopy: () => {
      copied.current = session.chosen();
    },
    onPaste: () => session.paste(copied.current, 0),
    onBring: () => way.during(bring(api, way.previous(), session)),
    onReview: review,
    onFrames: sequence.act,
  };
  useKeys(targets, gate);

  return (
    <div className="label-page" ref={page}>
      <Announcer {...{ session, hand, neighbours }} />
      <LabelBar
        {...{ session, control, neighbours, links }}
        keys={keys.table}
        onHelp={() => openSheet('keys')}
        onView={openView}
        onHistory={() => openSheet('history')}
      />
      {isOfImage ? null : <ToolColumn session={session} keys={keys.table} />}
      <div className="label-stage" ref={stage}>
        {view.width > 0 ? (
          <LabelCanvas {...{ session, picture, control, hand, surface, view, look, pictureLook }} />
        ) : null}
        <BetweenBoxes boxes={sequence.between} {...{ session, control, ...look }} onKey={sequence.setKey} />
        <BrushPanel session={session} />
        {isViewOpen ? (
          <ViewPanel
            look={pictureLook}
            onLook={setPictureLook}
            filter={filter}
            onFilter={setFilter}
            hasObjects={!isOfImage}
            onClose={() => setViewOpen(false)}
          />
        ) : null}
        <ProblemNote session={session} />
      </div>
      <FrameStrip {...{ session, sequence }} image={props.image} keys={keys.table} />
      <LabelSide {...props} {...{ classes, look, isAsking, ask, chord, chooseClass, review, accept, search }} />
      <DeskSheets open={sheet} {...{ session, api, keys }} image={props.image} onClose={() => setOpened(null)} />
    </div>
  );
}
