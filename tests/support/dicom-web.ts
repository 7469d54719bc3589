import { expect } from '@jest/globals';
import { writeDicomFile, type DicomElement, type DicomFile } from '../../server/imaging/dicom-writer.ts';
import type { SyntheticSeries } from '../../server/imaging/synthesize/synthesize-studies.ts';
import type { TestClient } from './hub.ts';

const BOUNDARY = 'teil-0815';
export const related = `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`;

export const partOf = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`--${BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n`), bytes, Buffer.from('\r\n')]);
export const bodyOf = (files: readonly Uint8Array[]) =>
  Buffer.concat([...files.map(partOf), Buffer.from(`--${BOUNDARY}--\r\n`)]);

/** STOW-RS as a device sends it. `query` begins with `?` or, for a study's own address, with `/`. */
export const stow = (person: TestClient, query: string, files: readonly Uint8Array[], headers = {}) =>
  person.http(`/dicom-web/studies${query}`, {
    method: 'POST',
    headers: { 'content-type': related, ...headers },
    body: new Uint8Array(bodyOf(files)),
  });

export interface JsonAttribute {
  vr: string;
  Value?: unknown[];
  BulkDataURI?: string;
}
export type DicomJson = Record<string, JsonAttribute>;

/** The items of a Store Instances Response's sequence: SOP Instance UID and, of failed ones, the reason. */
export async function outcomesOf(response: Response): Promise<{ stored: unknown[]; failed: [unknown, unknown][] }> {
  expect(response.headers.get('content-type')).toMatch(/^application\/dicom\+json/);
  const answer = (await response.json()) as DicomJson;
  const items = (tag: string) => (answer[tag]?.Value ?? []) as DicomJson[];
  const first = (item: DicomJson, tag: string) => item[tag]?.Value?.[0];
  return {
    stored: items('00081199').map((item) => first(item, '00081155')),
    failed: items('00081198').map((item) => [first(item, '00081155'), first(item, '00081197')]),
  };
}

/** QIDO-RS or metadata: the rows, which must be DICOM JSON. */
export async function rowsOf(person: TestClient, path: string): Promise<DicomJson[]> {
  const response = await person.http(`/dicom-web${path}`, { headers: { accept: 'application/dicom+json' } });
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  expect(response.headers.get('content-type')).toMatch(/^application\/dicom\+json/);
  return (await response.json()) as DicomJson[];
}

export const valuesOf = (rows: readonly DicomJson[], tag: string) => rows.map((row) => row[tag]?.Value?.[0]);

export const addressOf = ({ studyInstanceUid, seriesInstanceUid, sopInstanceUids }: SyntheticSeries, index = 0) =>
  `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUids[index]}`;

export const refusalOf = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as { code: string }).code,
});

/** The headers and bodies of a multipart answer, which states its boundary in its type. */
export async function partsOf(response: Response): Promise<{ type: string; body: Buffer }[]> {
  const boundary = /boundary=([^;]+)/.exec(response.headers.get('content-type')!)![1]!;
  const whole = Buffer.from(await response.arrayBuffer()).toString('latin1');
  const parts = whole.split(`--${boundary}`);
  expect(parts.at(-1)).toBe('--\r\n');
  return parts.slice(1, -1).map((part) => {
    const end = part.indexOf('\r\n\r\n');
    return {
      type: /content-type: ([^\r]*)/i.exec(part.slice(0, end))?.[1] ?? '',
      body: Buffer.from(part.slice(end + 4, -2), 'latin1'),
    };
  });
}

export interface SmallInstance {
  studyInstanceUid: string;
  seriesInstanceUid?: string;
  sopInstanceUid?: string;
  name?: string;
  patientId?: string;
  modality?: string;
  studyDate?: string;
  elements?: readonly DicomElement[];
  pixelData?: DicomFile['pixelData'];
  transferSyntaxUid?: string;
}

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

/** A picture of two pixels, or of `pixelData` with its own attributes, for tests about everything but pixels. */
export function smallInstance(instance: SmallInstance): Uint8Array {
  const { studyInstanceUid } = instance;
  const seriesInstanceUid = instance.seriesInstanceUid ?? `${studyInstanceUid}.1`;
  const sopInstanceUid = instance.sopInstanceUid ?? `${seriesInstanceUid}.1`;
  const own = new Set(instance.elements?.map(({ tag }) => tag));
  const preset: DicomElement[] = [
    { tag: 0x00080005, vr: 'CS', value: 'ISO_IR 192' },
    { tag: 0x00080016, vr: 'UI', value: SECONDARY_CAPTURE },
    { tag: 0x00080018, vr: 'UI', value: sopInstanceUid },
    { tag: 0x00080020, vr: 'DA', value: instance.studyDate ?? '20260301' },
    { tag: 0x00080030, vr: 'TM', value: '101500' },
    { tag: 0x00080060, vr: 'CS', value: instance.modality ?? 'OT' },
    { tag: 0x00100010, vr: 'PN', value: instance.name ?? 'Zhao^Er=赵^二' },
    { tag: 0x00100020, vr: 'LO', value: instance.patientId ?? '000123' },
    { tag: 0x0020000d, vr: 'UI', value: studyInstanceUid },
    { tag: 0x0020000e, vr: 'UI', value: seriesInstanceUid },
    { tag: 0x00280002, vr: 'US', value: 1 },
    { tag: 0x00280004, vr: 'CS', value: 'MONOCHROME2' },
    { tag: 0x00280010, vr: 'US', value: 1 },
    { tag: 0x00280011, vr: 'US', value: 2 },
    { tag: 0x00280100, vr: 'US', value: 8 },
    { tag: 0x00280101, vr: 'US', value: 8 },
    { tag: 0x00280102, vr: 'US', value: 7 },
    { tag: 0x00280103, vr: 'US', value: 0 },
  ];
  return writeDicomFile({
    sopClassUid: SECONDARY_CAPTURE,
    sopInstanceUid,
    elements: [...preset.filter(({ tag }) => !own.has(tag)), ...(instance.elements ?? [])],
    pixelData: instance.pixelData ?? { native: new Uint8Array([0, 255]), bitsAllocated: 8 },
    ...(instance.transferSyntaxUid !== undefined && { transferSyntaxUid: instance.transferSyntaxUid }),
  });
}
