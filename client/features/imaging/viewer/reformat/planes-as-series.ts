import { reformatPlanes, type ReformatPlane } from '../../../../../shared/contracts/viewing.ts';
import type { DisplayFrame } from '../../../../../shared/dicom/pixels/display-frame.ts';
import { listMeasurements, type PlacedMeasurement } from '../listed-measurements.ts';
import { liesOn, type Measurement } from '../measurement.ts';
import type { ViewedPane } from '../use-view-state.ts';

export interface ListedOnPicture extends PlacedMeasurement {
  /** Its picture, while that is in memory. */
  frame: DisplayFrame | undefined;
}

/**
 * Where what was measured stands among the planes' pictures; what was measured on slabs of another thickness has no
 * place there meanwhile.
 */
export function listOnPlanes(
  measurements: readonly Measurement[],
  panes: readonly ViewedPane[],
  nameOf: (plane: ReformatPlane) => string,
): ListedOnPicture[] {
  const planes = panes.flatMap(({ wanted, frames }, index) =>
    wanted
      ? [
          {
            series: { ...wanted, modality: nameOf(reformatPlanes[index]!), instances: [wanted] },
            frames,
          },
        ]
      : [],
  );
  return listMeasurements(
    measurements,
    planes.map(({ series }) => series),
    (series) => planes.find((one) => one.series === series)?.frames ?? [],
  ).map((listed) => {
    const shown = panes.flatMap(({ wantedState }) => (wantedState.state === 'ready' ? [wantedState.frame] : []));
    return { ...listed, frame: shown.find((frame) => liesOn(listed.measurement, frame)) };
  });
}
