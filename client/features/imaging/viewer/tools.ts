/** What a drag with the first button, or one finger, does. */
export const TOOLS = ['window', 'scroll', 'pan', 'zoom', 'length', 'angle'] as const;
export type Tool = (typeof TOOLS)[number];

/** Keys of the tools; shown in their tooltips. */
export const TOOL_KEYS: Record<Tool, string> = {
  window: 'W',
  scroll: 'S',
  pan: 'P',
  zoom: 'Z',
  length: 'L',
  angle: 'A',
};

export function isMeasuring(tool: Tool): tool is 'length' | 'angle' {
  return tool === 'length' || tool === 'angle';
}

/** A finger mostly wants to leaf through; a mouse has a wheel for that. */
export function initialTool(frames: number): Tool {
  const coarse = globalThis.matchMedia?.('(pointer: coarse)').matches ?? false;
  return coarse && frames > 1 ? 'scroll' : 'window';
}
