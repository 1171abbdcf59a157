/**
 * The picture with everything drawn on it. Three layers: the picture; the objects, in a few strokes a frame; and what a hand
 * touches, which alone is drawn anew while a tool is at work.
 */

import type Konva from 'konva';
import {
  type ReactElement,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import { Layer, Shape, Stage } from 'react-konva';
import type { Size } from '../../../native-models/geometry/box.ts';
import { CROSSHAIR_WORDS } from '../by-keyboard.ts';
import { isAsItIs, type PictureLook } from '../doc/picture-look.ts';
import type { LabelSession } from '../session.ts';
import type { ToolName } from '../tools/tool.ts';
import type { KeyboardHand } from './keyboard-hand.ts';
import { layerAt } from './layer-place.ts';
import { ObjectLayer } from './object-layer.tsx';
import { type Look, paintChosen } from './paint.ts';
import { paintDraft } from './paint-draft.ts';
import { paintLevel } from './paint-level.ts';
import { paintTiles } from './paint-tiles.ts';
import { PICTURE_FILTER, PictureFilter } from './picture-filter.tsx';
import type { ShownPicture } from './shown-picture.ts';
import { useCrosshair } from './use-crosshair.ts';
import { usePointer } from './use-pointer.ts';
import { useViewport } from './use-viewport.ts';
import type { ViewControl } from './view-control.ts';

/** From that many screen pixels an image pixel on, pixels are shown as squares. */
const SQUARES_FROM = 4;

/** Tools that draw from where the pointer is: lines through it show what lies level with it. */
const CROSSED: ReadonlySet<ToolName> = new Set(['box', 'extreme', 'polygon', 'cut']);

/** Tools whose strokes are as wide as the brush: a ring round the pointer shows how wide. */
const STROKING: ReadonlySet<ToolName> = new Set(['brush', 'eraser']);

export interface LabelCanvasProps {
  readonly session: LabelSession;
  readonly picture: ShownPicture | null;
  readonly control: ViewControl;
  readonly hand: KeyboardHand;
  /** What the picture is shown in; the focus is on it while keys draw. */
  readonly surface: RefObject<HTMLDivElement | null>;
  readonly view: Size;
  readonly look: Look;
  /** How the picture is shown. */
  readonly pictureLook: PictureLook;
}

export function LabelCanvas(props: LabelCanvasProps): ReactElement {
  const { session, picture, control, hand, surface, view, look, pictureLook } = props;
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const viewport = useViewport(control);
  const pixel = 1 / viewport.scale;
  session.pixel = pixel;
  const pan = usePointer(surface, session, control, hand);
  const place = useRef<HTMLSpanElement>(null);
  useCrosshair(surface, place, control, hand);
  const crosshair = useSyncExternalStore(hand.subscribe, () => crosshairOf(hand));
  const hint = useId();
  const pictureLayer = useRef<Konva.Layer>(null);
  const isFiltered = !isAsItIs(pictureLook);
  useEffect(() => {
    pictureLayer.current!.getNativeCanvasElement().style.filter = isFiltered ? `url(#${PICTURE_FILTER})` : '';
  }, [isFiltered]);

  useEffect(() => {
    const source = picture?.kind === 'tiled' ? picture.tiles : picture?.levels;
    return source?.subscribe(() => pictureLayer.current?.batchDraw());
  }, [picture]);
  // The same function until the view moves, so that what tools do draws the picture no second time.
  const paintPicture = useCallback(
    (context: Konva.Context) => {
      const ratio = context.canvas.getPixelRatio();
      const asSquares = viewport.scale >= SQUARES_FROM;
      if (picture?.kind === 'whole') paintLevel(context._context, picture.levels, viewport, ratio);
      if (picture?.kind === 'tiled') paintTiles(context._context, picture.tiles, { viewport, view, ratio, asSquares });
    },
    [picture, viewport, view],
  );

  const { shown: document, proposals, selection, draft, activeClass } = state;
  const changed = draft?.kind === 'changed' ? draft.annotations.map(({ id }) => id).join() : '';
  const changing = useMemo(() => new Set(changed === '' ? [] : changed.split(',').map(Number)), [changed]);
  const paintTouched = (context: Konva.Context) => {
    const chosen = [...selection].flatMap((id) => (changing.has(id) ? [] : (document.get(id) ?? [])));
    paintChosen(context._context, chosen, look, pixel);
    const colour = activeClass === null ? look.accent : look.colourOf(activeClass);
    if (draft !== null) paintDraft(context._context, draft, colour, look, pixel);
  };

  const layer = layerAt(viewport);
  return (
    <div
      ref={surface}
      className="label-surface"
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys draw on it
      tabIndex={0}
      aria-label="Picture with its objects"
      aria-describedby={hint}
      onFocus={() => hand.begin()}
      onBlur={() => hand.end()}
      data-crosshair={crosshair !== 'none' || (CROSSED.has(state.tool) && !pan.isReady)}
      data-keys={crosshair}
      style={{ cursor: pan.isPanning ? 'grabbing' : pan.isReady ? 'grab' : state.cursor }}
    >
      <Stage width={view.width} height={view.height} listening={false}>
        <Layer {...layer} ref={pictureLayer} imageSmoothingEnabled={viewport.scale < SQUARES_FROM}>
          <Shape sceneFunc={paintPicture} perfectDrawEnabled={false} />
        </Layer>
        <ObjectLayer {...{ document, proposals, changing, viewport, view, look }} />
        <Layer {...layer}>
          <Shape sceneFunc={paintTouched} perfectDrawEnabled={false} />
        </Layer>
      </Stage>
      {isFiltered ? <PictureFilter look={pictureLook} /> : null}
      <i className="label-crosshair" />
      {STROKING.has(state.tool) ? (
        <i
          className="label-nib"
          style={{ width: (2 * state.brushRadius) / pixel, height: (2 * state.brushRadius) / pixel }}
        />
      ) : null}
      <p className="label-pointer">
        <span ref={place} className="label-pixel" />
        <span id={hint} className="label-crosshair-hint">
          Arrows move the crosshair. {CROSSHAIR_WORDS[state.tool]}.
        </span>
      </p>
    </div>
  );
}

/** Whether keys move a crosshair, and whether it holds what is there. */
function crosshairOf(hand: KeyboardHand): 'none' | 'free' | 'down' {
  const state = hand.getState();
  return state === null ? 'none' : state.isDown ? 'down' : 'free';
}
