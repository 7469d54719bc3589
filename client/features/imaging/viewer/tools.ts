import type { MeasurementType } from '../../../../shared/contracts/viewing.ts';

/** What a drag with the first button, or one finger, does to the picture. */
export const DRAG_TOOLS = ['window', 'scroll', 'pan', 'zoom', 'magnifier'] as const;
/** What it draws. */
export const MEASURING_TOOLS = [
  'length',
  'angle',
  'cobb',
  'ellipse',
  'rectangle',
  'probe',
  'arrow',
  'text',
  'cardiothoracic',
] as const satisfies readonly MeasurementType[];
export type MeasuringTool = (typeof MEASURING_TOOLS)[number];
export type Tool = (typeof DRAG_TOOLS)[number] | MeasuringTool;

/** Keys of the tools; shown in their tooltips. The magnifier's key holds the glass while it is held itself. */
export const TOOL_KEYS: Record<Tool, string> = {
  window: 'W',
  scroll: 'S',
  pan: 'P',
  zoom: 'Z',
  magnifier: 'G',
  length: 'L',
  angle: 'A',
  cobb: 'C',
  ellipse: 'E',
  rectangle: 'Q',
  probe: 'D',
  arrow: 'J',
  text: 'T',
  cardiothoracic: 'K',
};

export function isMeasuring(tool: Tool): tool is MeasuringTool {
  return (MEASURING_TOOLS as readonly Tool[]).includes(tool);
}

/** A finger mostly wants to leaf through; a mouse has a wheel for that. */
export function initialTool(frames: number): Tool {
  const coarse = globalThis.matchMedia?.('(pointer: coarse)').matches ?? false;
  return coarse && frames > 1 ? 'scroll' : 'window';
}
