/** Everything that can be done by a key, with the keys it has at first. */

import { ZOOM_STEP } from './doc/viewport.ts';
import type { KeyCommand } from './keys.ts';

export interface Action {
  readonly id: string;
  /** For the sheet that lists them. */
  readonly what: string;
  /** As `comboOf` writes them. */
  readonly keys: readonly string[];
  readonly command: KeyCommand;
}

const BRUSH_STEP = 1.25;
const HARDNESS_STEP = 0.25;
const SURENESS_STEP = 0.05;

const action = (id: string, what: string, keys: readonly string[], command: KeyCommand): Action => ({
  ...{ id, what, keys, command },
});
const tool = (name: Extract<KeyCommand, { do: 'tool' }>['tool'], key: string, what: string): Action =>
  action(`tool-${name}`, what, [key], { do: 'tool', tool: name });

export const ACTIONS: readonly (readonly [group: string, actions: readonly Action[]])[] = [
  [
    'Tools',
    [
      tool('select', 'v', 'choose, move, reshape'),
      tool('box', 'b', 'box'),
      tool('extreme', 'x', 'box by its topmost, leftmost, lowest and rightmost point'),
      tool('polygon', 'p', 'polygon'),
      tool('cut', 'k', 'cut a hole out of what is chosen'),
      tool('brush', 'r', 'brush'),
      tool('eraser', 'e', 'eraser'),
      tool('fill', 'g', 'fill the hole that is clicked'),
      tool('wand', 'w', 'wand: what hangs together and has nearly the colour'),
      tool('superpixels', 'q', 'superpixels as large as the brush'),
      tool('refine', 'o', 'find the object in a box'),
      tool('click', 'c', 'the object that is clicked, by a model'),
      tool('measure', 'u', 'ruler'),
      action('brush-smaller', 'smaller brush; with the wand fewer colours', [','], {
        do: 'brush-size',
        factor: 1 / BRUSH_STEP,
      }),
      action('brush-larger', 'larger brush; with the wand more colours', ['.'], {
        do: 'brush-size',
        factor: BRUSH_STEP,
      }),
      action('brush-softer', 'softer brush', ['<', ';'], { do: 'brush-hardness', by: -HARDNESS_STEP }),
      action('brush-harder', 'harder brush', ['>', ':'], { do: 'brush-hardness', by: HARDNESS_STEP }),
    ],
  ],
  [
    'By keys alone',
    [
      action('canvas', 'to the picture, where keys draw', ['home', "'"], { do: 'canvas' }),
      action('corner-next', 'crosshair to the next corner of what is chosen', ['}'], { do: 'corner', by: 1 }),
      action('corner-previous', 'crosshair to the corner before', ['{'], { do: 'corner', by: -1 }),
      action('region-next', 'to the next part of the page', ['f6'], { do: 'region', by: 1 }),
      action('region-previous', 'to the part before', ['shift+f6'], { do: 'region', by: -1 }),
    ],
  ],
  [
    'What is chosen',
    [
      action('choose-all', 'choose everything', ['ctrl+a'], { do: 'choose-all' }),
      action('cycle-back', 'previous object', ['['], { do: 'cycle', by: -1 }),
      action('cycle', 'next object', [']'], { do: 'cycle', by: 1 }),
      action('find-class', 'find or add a class by typing', ['/'], { do: 'find-class' }),
      action('remove', 'remove', ['delete', 'backspace'], { do: 'remove' }),
      action('copy', 'copy', ['ctrl+c'], { do: 'copy' }),
      action('paste', 'paste, on any image', ['ctrl+v'], { do: 'paste' }),
      action('duplicate', 'duplicate', ['ctrl+d'], { do: 'duplicate' }),
      action('bring', 'bring the objects of the previous image', ['ctrl+shift+v'], { do: 'bring' }),
      action('join', 'join', ['j'], { do: 'combine', how: 'join' }),
      action('subtract', 'cut the others out of the first', ['s'], { do: 'combine', how: 'subtract' }),
      action('intersect', 'keep where all meet', ['i'], { do: 'combine', how: 'intersect' }),
      action('to-box', 'make a box of it', ['shift+b'], { do: 'convert', to: 'box' }),
      action('to-polygon', 'make a polygon of it', ['shift+p'], { do: 'convert', to: 'polygon' }),
      action('to-mask', 'make a bitmap of it', ['shift+m'], { do: 'convert', to: 'mask' }),
      action('mark-crowd', 'a crowd, or not', ['shift+c'], { do: 'mark', flag: 'is_crowd' }),
      action('mark-difficult', 'hard to tell, or not', ['shift+h'], { do: 'mark', flag: 'is_difficult' }),
      action('mark-occluded', 'behind something, or not', ['shift+o'], { do: 'mark', flag: 'is_occluded' }),
      action('mark-truncated', 'cut off by the border, or not', ['shift+u'], { do: 'mark', flag: 'is_truncated' }),
    ],
  ],
  [
    'Model',
    [
      action('accept', 'accept everything that is proposed', ['y'], { do: 'accept' }),
      action('reject', 'reject everything that is proposed', ['z'], { do: 'reject' }),
      action('surer', 'only what it is surer of', [')'], { do: 'threshold', by: SURENESS_STEP }),
      action('less-sure', 'also what it is less sure of', ['('], { do: 'threshold', by: -SURENESS_STEP }),
    ],
  ],
  [
    'View',
    [
      action('zoom-in', 'larger, at the pointer', ['+', '='], { do: 'zoom', factor: ZOOM_STEP }),
      action('zoom-out', 'smaller, at the pointer', ['-'], { do: 'zoom', factor: 1 / ZOOM_STEP }),
      action('fit', 'fit the image', ['f'], { do: 'fit' }),
      action('fit-chosen', 'fit what is chosen', ['shift+f'], { do: 'fit-chosen' }),
      action('full-size', 'full size', ['0'], { do: 'full-size' }),
      action('view', 'light, channels, which objects are on show', ['l'], { do: 'view' }),
      action('hide-objects', 'hide all objects, show them again', ['t'], { do: 'hide-objects' }),
    ],
  ],
  [
    'Frames',
    [
      action('frame-previous', 'previous frame', ['ctrl+arrowleft'], { do: 'frames', what: 'previous' }),
      action('frame-next', 'next frame', ['ctrl+arrowright'], { do: 'frames', what: 'next' }),
      action('key-previous', 'previous key frame', ['ctrl+shift+arrowleft'], { do: 'frames', what: 'previous-key' }),
      action('key-next', 'next key frame', ['ctrl+shift+arrowright'], { do: 'frames', what: 'next-key' }),
      action('key-frame', 'make this a key frame: of the chosen boxes, else of those that are dashed', ['shift+k'], {
        ...{ do: 'frames', what: 'key' },
      }),
      action('track-end', 'the chosen object is gone after this frame, or goes on', ['shift+e'], {
        ...{ do: 'frames', what: 'end' },
      }),
      action('track-fill', 'make objects of the boxes between key frames', ['shift+i'], { do: 'frames', what: 'fill' }),
    ],
  ],
  [
    'Images',
    [
      action('undo', 'undo', ['ctrl+z'], { do: 'undo' }),
      action('redo', 'redo', ['ctrl+shift+z', 'ctrl+y'], { do: 'redo' }),
      action('previous', 'previous image', ['a', 'pageup'], { do: 'previous' }),
      action('next', 'next image', ['d', 'pagedown'], { do: 'next' }),
      action('next-unlabelled', 'next image that nobody has labelled', ['n'], { do: 'next-unlabelled' }),
      action('next-to-review', 'next image that is done and waits for a review', ['m'], { do: 'next-to-review' }),
      action('next-disagreement', 'next image on which two models disagree, the most disagreed-on first', ['shift+n'], {
        do: 'next-disagreement',
      }),
      action('review-done', 'the image is done', ['shift+d'], { do: 'review', state: 'done' }),
      action('review-to-do', 'the image is to do again', ['shift+t'], { do: 'review', state: 'to-do' }),
      action('review-accepted', 'accept its labels', ['shift+a'], { do: 'review', state: 'accepted' }),
      action('review-rejected', 'reject its labels, with a note', ['shift+r'], { do: 'review', state: 'rejected' }),
      action('history', 'history: who did what, and when', ['h'], { do: 'history' }),
      action('help', 'this sheet', ['?'], { do: 'help' }),
    ],
  ],
];

/** What hands do beside keys, and keys that stay as they are. */
export const GESTURES: readonly (readonly [gesture: string, what: string])[] = [
  ['1 … 9', 'class by its number; changes the class of what is chosen; 1 2 is the twelfth, Enter takes 1 at once'],
  [
    'Arrows',
    'move what is chosen by a pixel, with Shift by ten; else the picture, or, with a tool that draws, the crosshair',
  ],
  ['Escape', 'leave what is under way, then let go'],
  ['Enter, Backspace', 'close a polygon, take a corner or a click back; Enter keeps the object that was found'],
  ['Shift click', 'adds to what is chosen; of a polygon: along the edge of the neighbour of the corner before'],
  ['Alt click', 'on an edge adds a corner, on a corner removes it; on a proposal rejects it'],
  ['Alt', 'while corners are drawn: not onto neighbours; wand, superpixels, strokes, clicks: take away'],
  ['Shift drag', 'finds the object round a stroke; holds the ruler to an axis'],
  ['Drag sideways', 'with the wand: right for more colours, left for fewer'],
  ['Click', 'on a proposal accepts it; again on an object reaches the one beneath'],
  ['Wheel, Space and drag', 'zoom at the pointer, move the picture'],
];
