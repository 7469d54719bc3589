import { decimal, decimals, functionalGroup, items, shortBySign, text, unsignedShort, words } from './attributes.ts';
import { ImagingError } from './imaging-error.ts';
import type { DataSet } from './data-set.ts';

/** How the stored pixels of an instance lie in memory (PS3.3 C.7.6.3). */
export interface PixelLayout {
  rows: number;
  columns: number;
  frames: number;
  samplesPerPixel: number;
  photometricInterpretation: string;
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
  signed: boolean;
  /** Planar Configuration 1: all red, then all green, then all blue. */
  planar: boolean;
}

/** A lookup table of PS3.3 C.11: `entries[0]` stands for every input up to `firstMapped`. */
export interface LookupTable {
  firstMapped: number;
  bits: number;
  entries: Uint16Array;
}

export interface DisplayWindow {
  center: number;
  width: number;
  explanation: string;
}

/** Millimetres between the centres of neighbouring pixels. */
export interface PixelSpacing {
  rowMm: number;
  columnMm: number;
  /** `patient`: in the patient; `detector`: at the detector of a radiograph, where everything is magnified. */
  plane: 'patient' | 'detector';
}

/** What one frame needs, beside its pixels, to be shown and measured. */
export interface FrameDescription {
  modality: string;
  slope: number;
  intercept: number;
  /** `HU`, or empty where the unit is unknown. */
  unit: string;
  modalityLut: LookupTable | undefined;
  windows: DisplayWindow[];
  voiLut: LookupTable | undefined;
  voiFunction: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
  spacing: PixelSpacing | undefined;
  /** Height of a pixel over its width. */
  pixelAspect: number;
  /** Direction cosines of a row and of a column in the patient (PS3.3 C.7.6.2). */
  orientation: number[] | undefined;
  /** Patient Orientation (0020,0020): where a row and where a column point to. */
  patientOrientation: [string, string] | undefined;
  /** Middle of the first pixel in the patient, millimetres (PS3.3 C.7.6.2.1.1). */
  position: [number, number, number] | undefined;
  /** Series that share it share their coordinates (PS3.3 C.7.4.1). */
  frameOfReferenceUid: string | undefined;
  instanceNumber: number | undefined;
  /** Position along the slice axis, millimetres. */
  sliceLocationMm: number | undefined;
  lossy: boolean;
  /** A scout picture for planning the slices (Image Type value 3, PS3.3 C.8.2.1.1.1). */
  isLocalizer: boolean;
  pixelPadding: number | undefined;
}

const MAXIMUM_SIDE = 65535;
/** 400 megapixels: the largest radiograph or slide tile stays far below, and the canvas' own limit is near. */
const MAXIMUM_PIXELS = 400_000_000;

/**
 * Reads the pixel layout.
 * @throws ImagingError `no-pixels` when the instance holds no image, `too-large`, `unsupported-pixels`.
 */
export function readPixelLayout(dataSet: DataSet): PixelLayout {
  const rows = unsignedShort(dataSet, 'x00280010');
  const columns = unsignedShort(dataSet, 'x00280011');
  if (!rows || !columns) throw new ImagingError('no-pixels');
  if (rows > MAXIMUM_SIDE || columns > MAXIMUM_SIDE || rows * columns > MAXIMUM_PIXELS) {
    throw new ImagingError('too-large', `${columns} x ${rows}`);
  }
  const floatBits = dataSet.elements['x7fe00009'] ? 64 : 32;
  const bitsAllocated = unsignedShort(dataSet, 'x00280100') ?? floatBits;
  const bitsStored = Math.min(bitsAllocated, unsignedShort(dataSet, 'x00280101') || bitsAllocated);
  const samplesPerPixel = unsignedShort(dataSet, 'x00280002') || 1;
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3) {
    throw new ImagingError('unsupported-pixels', `${samplesPerPixel} samples`);
  }
  return {
    rows,
    columns,
    frames: Math.max(1, Math.trunc(decimal(dataSet, 'x00280008') ?? 1)),
    samplesPerPixel,
    photometricInterpretation:
      text(dataSet, 'x00280004')?.toUpperCase() ?? (samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2'),
    bitsAllocated,
    bitsStored,
    highBit: Math.min(bitsAllocated - 1, unsignedShort(dataSet, 'x00280102') ?? bitsStored - 1),
    signed: unsignedShort(dataSet, 'x00280103') === 1,
    planar: samplesPerPixel === 3 && unsignedShort(dataSet, 'x00280006') === 1,
  };
}

/**
 * Reads what belongs to one frame, from its functional groups where there are any.
 * @param frameIndex 0-based.
 */
export function describeFrame(dataSet: DataSet, frameIndex: number, layout: PixelLayout): FrameDescription {
  const transformation = functionalGroup(dataSet, 'x00289145', frameIndex) ?? dataSet;
  const voi = functionalGroup(dataSet, 'x00289132', frameIndex) ?? dataSet;
  const modality = text(dataSet, 'x00080060') ?? '';
  const rescaled = decimal(transformation, 'x00281053') !== undefined;
  const rescaleType = text(transformation, 'x00281054');
  const patientOrientation = text(dataSet, 'x00200020')?.split('\\');
  return {
    modality,
    slope: decimal(transformation, 'x00281053') || 1,
    intercept: decimal(transformation, 'x00281052') ?? 0,
    unit: modality === 'CT' && rescaled && (rescaleType ?? 'HU') === 'HU' ? 'HU' : '',
    modalityLut: readLut(items(dataSet, 'x00283000')[0], layout.signed),
    windows: readWindows(voi),
    voiLut: readLut(items(voi, 'x00283010')[0], layout.signed),
    voiFunction: readVoiFunction(voi),
    ...readSpacing(dataSet, frameIndex, modality),
    orientation: readOrientation(dataSet, frameIndex),
    patientOrientation:
      patientOrientation?.length === 2 ? [patientOrientation[0]!.trim(), patientOrientation[1]!.trim()] : undefined,
    position: readPosition(dataSet, frameIndex),
    frameOfReferenceUid: text(dataSet, 'x00200052'),
    instanceNumber: decimal(dataSet, 'x00200013'),
    sliceLocationMm: readSliceLocation(dataSet, frameIndex),
    lossy: text(dataSet, 'x00282110') === '01',
    isLocalizer: /\\(LOCALIZER|SCOUT)\b/i.test(text(dataSet, 'x00080008') ?? ''),
    pixelPadding: shortBySign(dataSet, 'x00280120', layout.signed),
  };
}

function readWindows(voi: DataSet): DisplayWindow[] {
  const centers = decimals(voi, 'x00281050') ?? [];
  const widths = decimals(voi, 'x00281051') ?? [];
  const explanations = text(voi, 'x00281055')?.split('\\') ?? [];
  return centers.flatMap((center, index) => {
    const width = widths[index];
    return width !== undefined && width > 0 ? [{ center, width, explanation: explanations[index]?.trim() ?? '' }] : [];
  });
}

function readVoiFunction(voi: DataSet): FrameDescription['voiFunction'] {
  const named = text(voi, 'x00281056')?.toUpperCase();
  return named === 'SIGMOID' || named === 'LINEAR_EXACT' ? named : 'LINEAR';
}

/** LUT Descriptor and LUT Data (PS3.3 C.11.1.1): 0 entries mean 65536; data of 8 bits may be packed into words. */
function readLut(item: DataSet | undefined, signed: boolean): LookupTable | undefined {
  if (!item) return undefined;
  const count = unsignedShort(item, 'x00283002', 0);
  const firstMapped = shortBySign(item, 'x00283002', signed, 1);
  const bits = unsignedShort(item, 'x00283002', 2);
  const data = words(item, 'x00283006');
  if (count === undefined || firstMapped === undefined || bits === undefined || !data) return undefined;
  const length = count === 0 ? 65536 : count;
  if (data.length >= length) return { firstMapped, bits, entries: data.slice(0, length) };
  if (bits <= 8 && data.length * 2 >= length) {
    const entries = new Uint16Array(length);
    for (let index = 0; index < length; index++) entries[index] = (data[index >> 1]! >> (index & 1 ? 8 : 0)) & 0xff;
    return { firstMapped, bits, entries };
  }
  return undefined;
}

const PROJECTION_MODALITIES = new Set(['CR', 'DX', 'MG', 'IO', 'PX', 'RG', 'XA', 'RF']);

function readSpacing(
  dataSet: DataSet,
  frameIndex: number,
  modality: string,
): Pick<FrameDescription, 'spacing' | 'pixelAspect'> {
  const measures = functionalGroup(dataSet, 'x00289110', frameIndex);
  const own = positivePair(measures && decimals(measures, 'x00280030')) ?? positivePair(decimals(dataSet, 'x00280030'));
  const imager = positivePair(decimals(dataSet, 'x00181164'));
  const found = own ?? imager;
  if (!found) {
    // Pixel Aspect Ratio (0028,0034) is vertical over horizontal size of a pixel (PS3.3 C.7.6.3.1.7).
    const ratio = positivePair(decimals(dataSet, 'x00280034'));
    return { spacing: undefined, pixelAspect: ratio ? ratio[0] / ratio[1] : 1 };
  }
  const [rowMm, columnMm] = found;
  // In a radiograph Pixel Spacing is a size in the patient only when it was calibrated, that is, named so or
  // different from the detector's own (PS3.3 10.7.1.3).
  const calibrated =
    own !== undefined &&
    (text(dataSet, 'x00280a02') !== undefined ||
      (imager !== undefined && Math.abs(imager[0] - own[0]) > 1e-6 * imager[0]));
  const plane = PROJECTION_MODALITIES.has(modality) && !calibrated ? 'detector' : 'patient';
  return { spacing: { rowMm, columnMm, plane }, pixelAspect: rowMm / columnMm };
}

/** Some devices write 0\0 for "unknown". */
function positivePair(values: number[] | undefined): [number, number] | undefined {
  const [first, second] = values ?? [];
  return first !== undefined && second !== undefined && first > 0 && second > 0 ? [first, second] : undefined;
}

function readOrientation(dataSet: DataSet, frameIndex: number): number[] | undefined {
  const plane = functionalGroup(dataSet, 'x00209116', frameIndex) ?? dataSet;
  const cosines = decimals(plane, 'x00200037');
  return cosines?.length === 6 && cosines.some((value) => value !== 0) ? cosines : undefined;
}

function readPosition(dataSet: DataSet, frameIndex: number): [number, number, number] | undefined {
  const plane = functionalGroup(dataSet, 'x00209113', frameIndex) ?? dataSet;
  const position = decimals(plane, 'x00200032');
  return position?.length === 3 ? (position as [number, number, number]) : undefined;
}

/** Projects Image Position (Patient) on the slice's normal; Slice Location has no defined origin but serves as well. */
function readSliceLocation(dataSet: DataSet, frameIndex: number): number | undefined {
  const position = readPosition(dataSet, frameIndex);
  const axes = readOrientation(dataSet, frameIndex);
  if (position && axes) {
    const [rx, ry, rz, cx, cy, cz] = axes as [number, number, number, number, number, number];
    return (ry * cz - rz * cy) * position[0] + (rz * cx - rx * cz) * position[1] + (rx * cy - ry * cx) * position[2];
  }
  return decimal(dataSet, 'x00201041');
}
