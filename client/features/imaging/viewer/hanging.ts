import type { ImagingLayout } from '../../../../shared/contracts/viewing.ts';
import type { ViewerSeries } from './series-frames.ts';

/** What the viewer opens with: the series of each pane, the one to read first. */
export interface Hanging {
  layout: ImagingLayout;
  series: ViewerSeries[];
}

/** Stacks that are read beside the earlier ones. Radiographs and the rest: one image, as large as it fits. */
const COMPARED = new Set(['CT', 'MR']);

/**
 * The first series of the study that is asked for, else of the newest; CT and MR beside the newest earlier one of the same modality, where there is one and
 * room for two.
 */
export function hang(series: readonly ViewerSeries[], roomForTwo: boolean, readFirst?: string): Hanging {
  const asked = series.find(({ studyInstanceUid }) => studyInstanceUid === readFirst);
  const first = asked ?? byDate(series)[0];
  if (!first) return { layout: '1x1', series: [] };
  const prior = COMPARED.has(first.modality) ? priorOf(first, series) : undefined;
  if (!prior || !roomForTwo) return { layout: '1x1', series: [first] };
  return { layout: '1x2', series: [first, prior] };
}

/** What further panes are filled with: the prior of what is read, then the other series of its study, then the rest. */
export function nextToHang(reading: ViewerSeries, series: readonly ViewerSeries[]): ViewerSeries[] {
  const prior = priorOf(reading, series);
  const rest = series.filter((one) => one !== reading && one !== prior);
  const same = ({ studyInstanceUid }: ViewerSeries) => studyInstanceUid === reading.studyInstanceUid;
  return [...(prior ? [prior] : []), ...rest.filter(same), ...byDate(rest.filter((one) => !same(one))), reading];
}

/** The newest series of the same modality of an earlier study, of the same body as far as its description says. */
function priorOf(reading: ViewerSeries, series: readonly ViewerSeries[]): ViewerSeries | undefined {
  const { studyDate: before } = reading;
  if (before === undefined) return undefined;
  const earlier = byDate(
    series.filter(
      ({ modality, studyDate, studyInstanceUid }) =>
        modality === reading.modality &&
        studyInstanceUid !== reading.studyInstanceUid &&
        studyDate !== undefined &&
        studyDate < before,
    ),
  );
  return earlier.find(({ description }) => description === reading.description) ?? earlier[0];
}

/** Newest first; those without a date behind; otherwise as listed. */
function byDate(series: readonly ViewerSeries[]): ViewerSeries[] {
  return [...series].sort((one, other) => (other.studyDate ?? '').localeCompare(one.studyDate ?? ''));
}
