import { createCtPhantom } from './ct-phantom.ts';
import { projectChest } from './dr-phantom.ts';
import { writeDicomFile, type DicomElement } from '../dicom-writer.ts';
import { derivedUid } from '../derived-uid.ts';

/**
 * Makes DICOM studies for the demonstration and the tests. Every file says that it is synthetic: in Synthetic Data
 * (0008,001C), in Image Type, in Image Comments and in its descriptions.
 */

export interface SyntheticPatient {
  /** Patient's Name (0010,0010) as it stands in the file, e.g. `Zhang^Wei=张^伟`. */
  name: string;
  /** Patient ID (0010,0020). */
  id: string;
  /** YYYYMMDD. */
  birthDate?: string;
  sex?: 'M' | 'F' | 'O';
}

interface StudyOptions {
  patient: SyntheticPatient;
  /** The same patient and seed give the same bytes and UIDs. Default 1. */
  seed?: number;
  /** Joins the series to a study that exists already; by default it follows from patient and seed. */
  studyInstanceUid?: string;
  /** When the pictures were taken; default 1 March 2026, 08:00 in China. */
  acquiredAt?: Date;
}

export interface CtOptions extends StudyOptions {
  /** Default 60 slices of 512 x 512. */
  slices?: number;
  rows?: number;
  columns?: number;
}

export interface DrOptions extends StudyOptions {
  /** Default 1600 x 1400. */
  rows?: number;
  columns?: number;
  /** MONOCHROME1 (low values bright) as several DR panels send it; default MONOCHROME2. */
  photometricInterpretation?: 'MONOCHROME1' | 'MONOCHROME2';
}

export interface SyntheticSeries {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  modality: 'CT' | 'DX';
  sopInstanceUids: string[];
  /** Part 10 files in the order of their Instance Number. */
  files: Uint8Array[];
}

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
const DX_IMAGE_STORAGE_FOR_PRESENTATION = '1.2.840.10008.5.1.4.1.1.1.1';
const COMMENT = '合成数据，不用于诊断 SYNTHETIC DATA, NOT FOR DIAGNOSIS';
const CT_FIELD_OF_VIEW_MM = 370;
const DR_FIELD_WIDTH_MM = 370;

/** The files of {@link synthesizeCt}: explicit VR little endian, 12 bits, unsigned, Rescale Intercept -1024. */
export function synthesizeCtSeries(options: CtOptions): Uint8Array[] {
  return synthesizeCt(options).files;
}

/** A plain chest CT from the apex of the lungs to the diaphragm, head first, supine. */
export function synthesizeCt(options: CtOptions): SyntheticSeries {
  const { patient, slices = 60, rows = 512, columns = 512, seed = 1 } = options;
  const spacingMm = CT_FIELD_OF_VIEW_MM / Math.max(rows, columns);
  const phantom = createCtPhantom({ rows, columns, spacingMm }, seed);
  const stepMm = slices > 1 ? round(phantom.heightMm / (slices - 1), 4) : 5;
  const uids = seriesUids(options, 'CT');
  const hounsfield = new Float32Array(rows * columns);
  const sopInstanceUids: string[] = [];
  const files: Uint8Array[] = [];
  for (let index = 0; index < slices; index++) {
    phantom.paintSlice(slices > 1 ? index / (slices - 1) : 0.5, hounsfield);
    const stored = new Uint16Array(hounsfield.length);
    for (let at = 0; at < stored.length; at++) {
      stored[at] = Math.min(4095, Math.max(0, Math.round(hounsfield[at]! + 1024)));
    }
    const z = round(-index * stepMm, 4);
    const sopInstanceUid = derivedUid('CT', uids.seriesInstanceUid, index);
    sopInstanceUids.push(sopInstanceUid);
    const first = [-((columns - 1) / 2) * spacingMm, -((rows - 1) / 2) * spacingMm, z].map((mm) => round(mm, 5));
    files.push(
      writeDicomFile({
        sopClassUid: CT_IMAGE_STORAGE,
        sopInstanceUid,
        elements: [
          ...commonElements(options, patient, uids, sopInstanceUid, CT_IMAGE_STORAGE),
          { tag: 0x00080008, vr: 'CS', value: 'DERIVED\\PRIMARY\\AXIAL\\SYNTHETIC' },
          { tag: 0x00080060, vr: 'CS', value: 'CT' },
          { tag: 0x00081030, vr: 'LO', value: '胸部 CT 平扫（合成数据）' },
          { tag: 0x0008103e, vr: 'LO', value: '胸部平扫 合成数据' },
          { tag: 0x00180015, vr: 'CS', value: 'CHEST' },
          { tag: 0x00180050, vr: 'DS', value: String(stepMm) },
          { tag: 0x00180060, vr: 'DS', value: '120' },
          { tag: 0x00180088, vr: 'DS', value: String(stepMm) },
          { tag: 0x00181100, vr: 'DS', value: String(CT_FIELD_OF_VIEW_MM) },
          { tag: 0x00185100, vr: 'CS', value: 'HFS' },
          { tag: 0x00200011, vr: 'IS', value: '2' },
          { tag: 0x00200012, vr: 'IS', value: '1' },
          { tag: 0x00200013, vr: 'IS', value: String(index + 1) },
          { tag: 0x00200032, vr: 'DS', value: first.join('\\') },
          { tag: 0x00200037, vr: 'DS', value: '1\\0\\0\\0\\1\\0' },
          { tag: 0x00200052, vr: 'UI', value: uids.frameOfReferenceUid },
          { tag: 0x00201040, vr: 'LO', value: '' },
          { tag: 0x00201041, vr: 'DS', value: String(z) },
          ...pixelElements(rows, columns, 'MONOCHROME2'),
          { tag: 0x00280030, vr: 'DS', value: `${round(spacingMm, 6)}\\${round(spacingMm, 6)}` },
          { tag: 0x00281050, vr: 'DS', value: '40\\-600' },
          { tag: 0x00281051, vr: 'DS', value: '400\\1500' },
          { tag: 0x00281052, vr: 'DS', value: '-1024' },
          { tag: 0x00281053, vr: 'DS', value: '1' },
          { tag: 0x00281054, vr: 'LO', value: 'HU' },
          { tag: 0x00281055, vr: 'LO', value: 'MEDIASTINUM\\LUNG' },
        ],
        pixelData: { native: new Uint8Array(stored.buffer), bitsAllocated: 16 },
      }),
    );
  }
  return { ...uids, modality: 'CT', sopInstanceUids, files };
}

/** The file of {@link synthesizeDrSeries}: explicit VR little endian, 12 bits, unsigned. */
export function synthesizeDr(options: DrOptions): Uint8Array {
  return synthesizeDrSeries(options).files[0]!;
}

/** One frontal chest radiograph (DX, for presentation). */
export function synthesizeDrSeries(options: DrOptions): SyntheticSeries {
  const { patient, rows = 1600, columns = 1400, seed = 1, photometricInterpretation = 'MONOCHROME2' } = options;
  const spacingMm = DR_FIELD_WIDTH_MM / columns;
  const path = projectChest(rows, columns, spacingMm, seed);
  const stored = new Uint16Array(path.length);
  for (let at = 0; at < stored.length; at++) {
    // A panel's processing compresses the dense end, so that the spine still shows through the heart.
    const bright = Math.min(4095, Math.max(0, Math.round(4095 * (1 - Math.exp(-1.35 * path[at]!)))));
    stored[at] = photometricInterpretation === 'MONOCHROME1' ? 4095 - bright : bright;
  }
  const uids = seriesUids(options, `DX${photometricInterpretation}`);
  const sopInstanceUid = derivedUid('DX', uids.seriesInstanceUid);
  const windowCentre = photometricInterpretation === 'MONOCHROME1' ? 4095 - 1900 : 1900;
  const file = writeDicomFile({
    sopClassUid: DX_IMAGE_STORAGE_FOR_PRESENTATION,
    sopInstanceUid,
    elements: [
      ...commonElements(options, patient, uids, sopInstanceUid, DX_IMAGE_STORAGE_FOR_PRESENTATION),
      { tag: 0x00080008, vr: 'CS', value: 'DERIVED\\PRIMARY\\\\SYNTHETIC' },
      { tag: 0x00080060, vr: 'CS', value: 'DX' },
      { tag: 0x00080068, vr: 'CS', value: 'FOR PRESENTATION' },
      { tag: 0x00081030, vr: 'LO', value: '胸部正位 DR（合成数据）' },
      { tag: 0x0008103e, vr: 'LO', value: '胸部正位 合成数据' },
      { tag: 0x00082218, vr: 'SQ', value: [code('816094009', 'SCT', '胸部')] },
      { tag: 0x00180015, vr: 'CS', value: 'CHEST' },
      { tag: 0x00181164, vr: 'DS', value: `${round(spacingMm, 6)}\\${round(spacingMm, 6)}` },
      { tag: 0x00185101, vr: 'CS', value: 'PA' },
      { tag: 0x00181508, vr: 'CS', value: '' },
      { tag: 0x00187004, vr: 'CS', value: '' },
      { tag: 0x00400555, vr: 'SQ', value: [] },
      { tag: 0x00540220, vr: 'SQ', value: [code('399348003', 'SCT', '后前位')] },
      { tag: 0x00200011, vr: 'IS', value: '1' },
      { tag: 0x00200013, vr: 'IS', value: '1' },
      { tag: 0x00200020, vr: 'CS', value: 'L\\F' },
      { tag: 0x00200062, vr: 'CS', value: 'U' },
      ...pixelElements(rows, columns, photometricInterpretation),
      { tag: 0x00280030, vr: 'DS', value: `${round(spacingMm, 6)}\\${round(spacingMm, 6)}` },
      { tag: 0x00280301, vr: 'CS', value: 'NO' },
      { tag: 0x00281040, vr: 'CS', value: 'LOG' },
      { tag: 0x00281041, vr: 'SS', value: photometricInterpretation === 'MONOCHROME1' ? -1 : 1 },
      { tag: 0x00281050, vr: 'DS', value: String(windowCentre) },
      { tag: 0x00281051, vr: 'DS', value: '3400' },
      { tag: 0x00281052, vr: 'DS', value: '0' },
      { tag: 0x00281053, vr: 'DS', value: '1' },
      { tag: 0x00281054, vr: 'LO', value: 'US' },
      { tag: 0x00282110, vr: 'CS', value: '00' },
      {
        tag: 0x20500020,
        vr: 'CS',
        value: photometricInterpretation === 'MONOCHROME1' ? 'INVERSE' : 'IDENTITY',
      },
    ],
    pixelData: { native: new Uint8Array(stored.buffer), bitsAllocated: 16 },
  });
  return { ...seriesOnly(uids), modality: 'DX', sopInstanceUids: [sopInstanceUid], files: [file] };
}

/** One patient's study of two series: a frontal DR and a chest CT. */
export function synthesizeStudy(options: {
  patient: SyntheticPatient;
  seed?: number;
  acquiredAt?: Date;
  ct?: Pick<CtOptions, 'slices' | 'rows' | 'columns'>;
  dr?: Pick<DrOptions, 'rows' | 'columns' | 'photometricInterpretation'>;
}): { studyInstanceUid: string; series: SyntheticSeries[] } {
  const { ct = {}, dr = {}, ...study } = options;
  const series = [synthesizeDrSeries({ ...study, ...dr }), synthesizeCt({ ...study, ...ct })];
  return { studyInstanceUid: series[0]!.studyInstanceUid, series };
}

interface SeriesUids {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  frameOfReferenceUid: string;
}

function seriesUids(options: StudyOptions, kind: string): SeriesUids {
  const { patient, seed = 1 } = options;
  const studyInstanceUid = options.studyInstanceUid ?? derivedUid('study', patient.id, patient.name, seed);
  const seriesInstanceUid = derivedUid('series', studyInstanceUid, kind, seed);
  return { studyInstanceUid, seriesInstanceUid, frameOfReferenceUid: derivedUid('frame', seriesInstanceUid) };
}

function seriesOnly({ studyInstanceUid, seriesInstanceUid }: SeriesUids) {
  return { studyInstanceUid, seriesInstanceUid };
}

function commonElements(
  options: StudyOptions,
  patient: SyntheticPatient,
  uids: SeriesUids,
  sopInstanceUid: string,
  sopClassUid: string,
): DicomElement[] {
  const { date, time } = chinaTime(options.acquiredAt ?? new Date('2026-03-01T00:00:00Z'));
  return [
    { tag: 0x00080005, vr: 'CS', value: 'ISO_IR 192' },
    { tag: 0x00080016, vr: 'UI', value: sopClassUid },
    { tag: 0x00080018, vr: 'UI', value: sopInstanceUid },
    { tag: 0x0008001c, vr: 'CS', value: 'YES' },
    ...[0x00080020, 0x00080021, 0x00080022, 0x00080023].map((tag) => ({ tag, vr: 'DA', value: date })),
    ...[0x00080030, 0x00080031, 0x00080032, 0x00080033].map((tag) => ({ tag, vr: 'TM', value: time })),
    { tag: 0x00080050, vr: 'SH', value: '' },
    { tag: 0x00080070, vr: 'LO', value: '联诊 Lianzhen' },
    { tag: 0x00080090, vr: 'PN', value: '' },
    { tag: 0x00080201, vr: 'SH', value: '+0800' },
    { tag: 0x00081090, vr: 'LO', value: 'Synthetic phantom' },
    { tag: 0x00100010, vr: 'PN', value: patient.name },
    { tag: 0x00100020, vr: 'LO', value: patient.id },
    { tag: 0x00100030, vr: 'DA', value: patient.birthDate ?? '' },
    { tag: 0x00100040, vr: 'CS', value: patient.sex ?? '' },
    { tag: 0x0020000d, vr: 'UI', value: uids.studyInstanceUid },
    { tag: 0x0020000e, vr: 'UI', value: uids.seriesInstanceUid },
    { tag: 0x00200010, vr: 'SH', value: '' },
    { tag: 0x00204000, vr: 'LT', value: COMMENT },
  ];
}

function pixelElements(rows: number, columns: number, photometricInterpretation: string): DicomElement[] {
  return [
    { tag: 0x00280002, vr: 'US', value: 1 },
    { tag: 0x00280004, vr: 'CS', value: photometricInterpretation },
    { tag: 0x00280010, vr: 'US', value: rows },
    { tag: 0x00280011, vr: 'US', value: columns },
    { tag: 0x00280100, vr: 'US', value: 16 },
    { tag: 0x00280101, vr: 'US', value: 12 },
    { tag: 0x00280102, vr: 'US', value: 11 },
    { tag: 0x00280103, vr: 'US', value: 0 },
  ];
}

function code(value: string, scheme: string, meaning: string): DicomElement[] {
  return [
    { tag: 0x00080100, vr: 'SH', value },
    { tag: 0x00080102, vr: 'SH', value: scheme },
    { tag: 0x00080104, vr: 'LO', value: meaning },
  ];
}

/** DA and TM in China's time, which Timezone Offset From UTC (0008,0201) names. */
function chinaTime(moment: Date): { date: string; time: string } {
  const shifted = new Date(moment.getTime() + 8 * 3600_000).toISOString();
  return { date: shifted.slice(0, 10).replaceAll('-', ''), time: shifted.slice(11, 19).replaceAll(':', '') };
}

/** DS holds at most 16 characters (PS3.5 clause 6.2). */
function round(value: number, digits: number): number {
  return Number(value.toFixed(digits)) + 0;
}
