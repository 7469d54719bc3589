/** One series as the case lists it. */
export interface ViewerInstance {
  sopInstanceUid: string;
  instanceNumber?: number;
  numberOfFrames?: number;
}

export interface ViewerSeries {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  modality: string;
  description?: string;
  /** Of its study, ISO 8601. */
  studyDate?: string;
  instances: ViewerInstance[];
}

/** Where one frame is: a place in the stack that the reader scrolls through. */
export interface FrameAddress {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  /** 1-based. */
  frameNumber: number;
}

/** More than any acquisition has; a list must not grow with a number that a file made up. */
const MAXIMUM_FRAMES = 20_000;

/** All frames of a series in the order of Instance Number; instances without one stay behind, in the given order. */
export function framesOf(series: ViewerSeries): FrameAddress[] {
  const ordered = series.instances
    .map((instance, index) => ({ instance, index, number: instance.instanceNumber ?? Number.POSITIVE_INFINITY }))
    .sort((one, other) => (one.number === other.number ? one.index - other.index : one.number - other.number));
  return ordered.flatMap(({ instance }) =>
    Array.from(
      { length: Math.min(MAXIMUM_FRAMES, Math.max(1, Math.trunc(instance.numberOfFrames ?? 1))) },
      (_, index) => ({
        studyInstanceUid: series.studyInstanceUid,
        seriesInstanceUid: series.seriesInstanceUid,
        sopInstanceUid: instance.sopInstanceUid,
        frameNumber: index + 1,
      }),
    ),
  );
}

export function frameKey({
  sopInstanceUid,
  frameNumber,
}: Pick<FrameAddress, 'sopInstanceUid' | 'frameNumber'>): string {
  return `${sopInstanceUid}/${frameNumber}`;
}

/** Place of a frame in its stack, -1 when it is not there. */
export function frameIndex(
  frames: readonly FrameAddress[],
  wanted: Pick<FrameAddress, 'sopInstanceUid' | 'frameNumber'>,
): number {
  return frames.findIndex(
    ({ sopInstanceUid, frameNumber }) => sopInstanceUid === wanted.sopInstanceUid && frameNumber === wanted.frameNumber,
  );
}

/**
 * What the reader sees next comes first: 5, 6, 4, 7, 3, ... while nobody leafs; three ahead for each one behind while
 * the leafing goes one way.
 * @param direction 1 towards the end, -1 towards the beginning, 0 unknown.
 */
export function outwardFrom<Item>(items: readonly Item[], center: number, direction: -1 | 0 | 1 = 0): Item[] {
  const order = items.slice(center, center + 1);
  const step = direction === 0 ? 1 : direction;
  const ahead = direction === 0 ? 1 : 3;
  let [front, back] = [center + step, center - step];
  while (order.length < items.length) {
    for (let count = 0; count < ahead && items[front] !== undefined; count++, front += step) order.push(items[front]!);
    if (items[back] !== undefined) order.push(items[back]!);
    back -= step;
  }
  return order;
}
