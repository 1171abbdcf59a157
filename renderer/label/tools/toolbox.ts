/** Every tool by its name. */

import { boxTool } from './box/box-tool.ts';
import { brushTool, eraserTool } from './brush/brush-tool.ts';
import { fillTool } from './brush/fill-tool.ts';
import { clickTool } from './clicks/click-tool.ts';
import type { Editor } from './editor.ts';
import { extremeTool } from './extreme/extreme-tool.ts';
import { measureTool } from './measure/measure-tool.ts';
import { refineTool } from './pixels/refine-tool.ts';
import { superpixelTool, wandTool } from './pixels/wand-tool.ts';
import { cutTool, polygonTool } from './polygon/polygon-tool.ts';
import { selectTool } from './select/select-tool.ts';
import type { Tool, ToolName } from './tool.ts';

export const TOOLS: Readonly<Record<ToolName, (editor: Editor) => Tool>> = {
  select: selectTool,
  box: boxTool,
  extreme: extremeTool,
  polygon: polygonTool,
  cut: cutTool,
  brush: brushTool,
  eraser: eraserTool,
  fill: fillTool,
  wand: wandTool,
  superpixels: superpixelTool,
  refine: refineTool,
  click: clickTool,
  measure: measureTool,
};

/** What people call them, in the order in which they are shown. */
export const TOOL_WORDS: Readonly<Record<ToolName, string>> = {
  select: 'Choose',
  box: 'Box',
  extreme: 'Extremes',
  polygon: 'Polygon',
  cut: 'Cut hole',
  brush: 'Brush',
  eraser: 'Eraser',
  fill: 'Fill',
  wand: 'Wand',
  superpixels: 'Superpixels',
  refine: 'Find object',
  click: 'Click object',
  measure: 'Ruler',
};
