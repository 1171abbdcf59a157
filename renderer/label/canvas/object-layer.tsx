/**
 * The layer of all objects. Few are drawn with every move of the view; many stand as they were drawn last while it moves,
 * and are drawn anew once it rests.
 */

import type Konva from 'konva';
import {
  type ReactElement,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Layer, Shape } from 'react-konva';
import { clipBox, type Size } from '../../../native-models/geometry/box.ts';
import type { ProposedObject } from '../../../preload/contract/proposals.ts';
import type { LabelDocument } from '../doc/label-document.ts';
import { type Viewport, visible } from '../doc/viewport.ts';
import { layerAt } from './layer-place.ts';
import { type Look, paintObjects, paintPixelGrid, paintProposals } from './paint.ts';
import { PathCache } from './path-cache.ts';
import { standsIn, transformOf } from './stand-in.ts';

/** From that many screen pixels an image pixel on, lines are drawn between pixels. */
const GRID_FROM = 10;
/** So many corners are drawn well within a frame, also where no graphics card helps. */
const QUICK_CORNERS = 12_000;
/** The view rests when it has not moved for so long, or for twice as long as a drawing takes to appear. */
const REST_MS = 90;
const LONGEST_REST_MS = 600;

export interface ObjectLayerProps {
  readonly document: LabelDocument;
  readonly proposals: readonly ProposedObject[];
  /** Ids that are drawn elsewhere; the same set until it changes. */
  readonly changing: ReadonlySet<number>;
  readonly viewport: Viewport;
  readonly view: Size;
  readonly look: Look;
}

export function ObjectLayer(props: ObjectLayerProps): ReactElement {
  const { document, proposals, changing, view, look } = props;
  const layer = useRef<Konva.Layer>(null);
  const image = document.told.image_id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: paths of another image are of no use
  const cache = useMemo(() => new PathCache(() => new Path2D()), [image]);
  const takesMs = useRef(0);
  const drawn = useDrawnView(image, props.viewport, view, () => ({
    isSlow: cache.corners > QUICK_CORNERS,
    restMs: Math.min(Math.max(REST_MS, 2 * takesMs.current), LONGEST_REST_MS),
  }));
  const { scale } = drawn;
  const seenNow = useRef(props.viewport);
  const drawnNow = useRef(drawn);
  const catchUp = useCatchUp(cache, layer, () => seenNow.current === drawnNow.current);
  // What is chosen is drawn over its own lines, not instead of them: a click traces nothing anew. The same function until
  // the picture changes, so that a gesture under way draws its own layer alone.
  const paint = useCallback(
    (context: Konva.Context) => {
      const pixel = 1 / scale;
      place(context.getCanvas()._canvas, drawn, seenNow.current);
      const seen = visible(drawn, view);
      if (scale >= GRID_FROM) paintPixelGrid(context._context, clipBox(seen, document.size), look, pixel);
      const paths = cache.paths(document.annotations, changing, seen, scale);
      paintObjects(context._context, paths, look, pixel);
      paintProposals(context._context, proposals, look, pixel);
      if (cache.isBehind) catchUp();
      timeFrame((ms) => {
        takesMs.current = ms;
      });
    },
    [cache, catchUp, document, proposals, changing, drawn, scale, view, look],
  );
  useLayoutEffect(() => {
    seenNow.current = props.viewport;
    drawnNow.current = drawn;
    if (drawn !== props.viewport) place(layer.current!.getNativeCanvasElement(), drawn, props.viewport); // else as it is drawn
  }, [drawn, props.viewport]);
  return (
    <Layer {...layerAt(drawn)} ref={layer}>
      <Shape sceneFunc={paint} perfectDrawEnabled={false} />
    </Layer>
  );
}

interface DrawingCost {
  readonly isSlow: boolean;
  readonly restMs: number;
}

/** How long what is drawn now takes to appear: the frame after it waits for it. */
function timeFrame(tell: (ms: number) => void): void {
  const from = performance.now();
  requestAnimationFrame(() => requestAnimationFrame((now) => tell(now - from)));
}

/** The view that objects are drawn for: the one that is seen, or, while that moves and drawing takes long, one of before. */
function useDrawnView(image: number, seen: Viewport, view: Size, cost: () => DrawingCost): Viewport {
  const [{ of, drawn }, setState] = useState({ of: image, drawn: seen });
  const askNow = useRef(cost);
  useEffect(() => {
    const timer = setTimeout(() => setState({ of: image, drawn: seen }), askNow.current().restMs);
    return () => clearTimeout(timer);
  }, [image, seen]);
  if (of === image && (drawn === seen || (cost().isSlow && standsIn(drawn, seen, view)))) return drawn;
  setState({ of: image, drawn: seen }); // drawn anew at once, before the browser shows anything
  return seen;
}

/** Has the browser show a drawing for one view in another. */
function place({ style }: HTMLCanvasElement, drawn: Viewport, seen: Viewport): void {
  style.transformOrigin = '0 0';
  style.transform = drawn === seen ? '' : transformOf(drawn, seen);
}

/** Traces what is lacking while the view rests, some between any two frames, then has one frame show all of it. */
function useCatchUp(
  cache: PathCache<Path2D>,
  layer: RefObject<Konva.Layer | null>,
  isResting: () => boolean,
): () => void {
  const isRestingNow = useRef(isResting);
  const isUnderWay = useRef(false);
  return useCallback(() => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    const step = () => {
      if (isRestingNow.current()) cache.catchUp();
      if (cache.isBehind) return requestAnimationFrame(step);
      isUnderWay.current = false;
      return layer.current?.batchDraw();
    };
    requestAnimationFrame(step);
  }, [cache, layer]);
}
