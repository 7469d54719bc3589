import type { Measurement } from './measurement.ts';
import type { FrameAddress, ViewerSeries } from './series-frames.ts';

/** Where a measurement stands among the series of the case. */
export interface PlacedMeasurement {
  measurement: Measurement;
  seriesLabel: string;
  /** 1-based place in its stack; 0 when this side's list does not have the image. */
  position: number;
  address: FrameAddress | undefined;
}

export function listMeasurements(
  measurements: readonly Measurement[],
  series: readonly ViewerSeries[],
  framesOfSeries: (series: ViewerSeries) => readonly FrameAddress[],
): PlacedMeasurement[] {
  return measurements.map((measurement) => {
    const { sopInstanceUid, frameNumber = 1 } = measurement;
    const owner = series.find(({ instances }) => instances.some((one) => one.sopInstanceUid === sopInstanceUid));
    const frames = owner ? framesOfSeries(owner) : [];
    const index = frames.findIndex((one) => one.sopInstanceUid === sopInstanceUid && one.frameNumber === frameNumber);
    return {
      measurement,
      seriesLabel: owner ? [owner.modality, owner.description].filter(Boolean).join(' ') : '',
      position: index + 1,
      address: frames[index],
    };
  });
}
