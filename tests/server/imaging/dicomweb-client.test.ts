import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import DICOMwebClient from 'dicomweb-client';
import { JSDOM } from 'jsdom';
import { synthesizeCt } from '../../../server/imaging/synthesize/synthesize-studies.ts';
import { encodeRle } from '../../support/dicom-files/compressed-pixels.ts';
import { smallInstance, type DicomJson } from '../../support/dicom-web.ts';
import { startTestHub, type TestHub } from '../../support/hub.ts';

// The library that OHIF and others use, as it is published, in the browser that jsdom is.
let hub: TestHub;
let dom: JSDOM;
/** What the library's own types say wrongly: nearly every option may be left out. */
type Method = (options?: object) => Promise<unknown>;
type Methods =
  | 'storeInstances'
  | `searchFor${'Studies' | 'Series' | 'Instances'}`
  | `retrieve${'Study' | 'Series' | 'Instance'}${'' | 'Metadata'}`
  | `retrieveInstance${'Frames' | 'Rendered' | 'Thumbnail' | 'FramesRendered'}`
  | 'retrieveBulkData';
const { DICOMwebClient: Client } = DICOMwebClient.api as unknown as {
  DICOMwebClient: new (options: object) => Record<Methods, Method>;
};
let client: InstanceType<typeof Client>;
const ct = synthesizeCt({ patient: { name: 'Zhao^Er=赵^二', id: '7' }, seed: 5, slices: 3, rows: 32, columns: 32 });
const { studyInstanceUid: studyInstanceUID, seriesInstanceUid: seriesInstanceUID } = ct;
const sopInstanceUID = ct.sopInstanceUids[0]!;
const one = { studyInstanceUID, seriesInstanceUID, sopInstanceUID };
const arrayOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;
/** What stands in the file behind Pixel Data's header. */
const pixelsOf = (file: Uint8Array) => Buffer.from(file.subarray(file.length - 32 * 32 * 2));

beforeAll(async () => {
  hub = await startTestHub();
  dom = new JSDOM('', { url: hub.url });
  Object.assign(globalThis, { XMLHttpRequest: dom.window.XMLHttpRequest });
  const person = await hub.signIn('clinic1');
  const made = await person.http('/api/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'workstation', scopes: ['dicom:read', 'dicom:write'] }),
  });
  const { token } = (await made.json()) as { token: string };
  client = new Client({
    url: `${hub.url}/dicom-web`,
    headers: { Authorization: `Bearer ${token}` },
    verbose: false,
  });
  await client.storeInstances({ datasets: ct.files.map(arrayOf) });
}, 180_000);
afterAll(async () => {
  dom.window.close();
  await hub.close();
});

describe('dicomweb-client as it is published', () => {
  test('[DW1] finds what it has stored', async () => {
    const studies = (await client.searchForStudies({
      queryParams: { PatientName: '赵*', limit: 10, includefield: '00081030' },
    })) as DicomJson[];
    expect(studies.map((study) => study['0020000D']!.Value)).toEqual([[studyInstanceUID]]);
    const series = (await client.searchForSeries({ studyInstanceUID })) as DicomJson[];
    expect(series.map((row) => row['0020000E']!.Value)).toEqual([[seriesInstanceUID]]);
    const instances = (await client.searchForInstances({
      studyInstanceUID,
      seriesInstanceUID,
    })) as DicomJson[];
    expect(instances.map((row) => row['00080018']!.Value![0])).toEqual(ct.sopInstanceUids);
    expect(await client.searchForStudies({ queryParams: { PatientID: 'nobody' } })).toEqual([]);
  });

  test('[DW1] reads metadata of study, series and instance', async () => {
    const study = (await client.retrieveStudyMetadata({ studyInstanceUID })) as DicomJson[];
    expect(study).toHaveLength(3);
    expect(await client.retrieveSeriesMetadata({ studyInstanceUID, seriesInstanceUID })).toEqual(study);
    expect(await client.retrieveInstanceMetadata(one)).toEqual(study.slice(0, 1));
    const { BulkDataURI } = study[0]!['7FE00010']!;
    const [pixels] = (await client.retrieveBulkData({ BulkDataURI })) as ArrayBuffer[];
    expect(Buffer.from(pixels!).equals(pixelsOf(ct.files[0]!))).toBe(true);
  });

  test('[DW1] retrieves studies, series and instances byte by byte', async () => {
    const instance = (await client.retrieveInstance(one)) as ArrayBuffer;
    expect(Buffer.from(instance).equals(ct.files[0]!)).toBe(true);
    for (const whole of [
      await client.retrieveSeries({ studyInstanceUID, seriesInstanceUID }),
      await client.retrieveStudy({ studyInstanceUID }),
    ])
      expect((whole as ArrayBuffer[]).map((file, at) => Buffer.from(file).equals(ct.files[at]!))).toEqual([
        true,
        true,
        true,
      ]);
  });

  test('[DW1] retrieves frames, uncompressed by itself and as stored where it asks so', async () => {
    const [frame] = (await client.retrieveInstanceFrames({
      ...one,
      frameNumbers: [1],
    })) as ArrayBuffer[];
    expect(Buffer.from(frame!).equals(pixelsOf(ct.files[0]!))).toBe(true);

    const pixels = Uint8Array.from({ length: 16 * 8 }, (_, at) => (at * 5) % 256);
    const fragment = encodeRle(pixels, 1, 1);
    const file = smallInstance({
      studyInstanceUid: '2.25.400',
      transferSyntaxUid: '1.2.840.10008.1.2.5',
      elements: [
        { tag: 0x00280010, vr: 'US', value: 8 },
        { tag: 0x00280011, vr: 'US', value: 16 },
      ],
      pixelData: { fragments: [fragment] },
    });
    await client.storeInstances({ datasets: [arrayOf(file)] });
    const rle = {
      studyInstanceUID: '2.25.400',
      seriesInstanceUID: '2.25.400.1',
      sopInstanceUID: '2.25.400.1.1',
      frameNumbers: [1],
    };
    const [decoded] = (await client.retrieveInstanceFrames(rle)) as ArrayBuffer[];
    expect(Buffer.from(decoded!).equals(pixels)).toBe(true);
    const [asStored] = (await client.retrieveInstanceFrames({
      ...rle,
      mediaTypes: [{ mediaType: 'image/x-dicom-rle', transferSyntaxUID: '1.2.840.10008.1.2.5' }],
    })) as ArrayBuffer[];
    expect(Buffer.from(asStored!).subarray(0, fragment.length).equals(fragment)).toBe(true);
  });

  test('[DW1] retrieves pictures and thumbnails', async () => {
    const isJpeg = (bytes: unknown) =>
      expect([...new Uint8Array(bytes as ArrayBuffer).subarray(0, 2)]).toEqual([0xff, 0xd8]);
    const first = (answer: unknown) => (Array.isArray(answer) ? (answer[0] as unknown) : answer);
    isJpeg(first(await client.retrieveInstanceRendered(one)));
    isJpeg(first(await client.retrieveInstanceRendered({ ...one, mediaTypes: [{ mediaType: 'image/jpeg' }] })));
    isJpeg(first(await client.retrieveInstanceThumbnail(one)));
    const windowed = {
      ...one,
      frameNumbers: [1],
      queryParams: { window: '40,400,linear', viewport: '64,64' },
    };
    isJpeg(first(await client.retrieveInstanceFramesRendered(windowed)));
  });

  test('[DW2] is told which instances were not stored and why', async () => {
    const other = Uint8Array.from(ct.files[0]!);
    other[other.length - 1]! ^= 1;
    const failed = (await client.storeInstances({ datasets: [arrayOf(other)] }).catch((error: unknown) => error)) as {
      status: number;
      response: string;
    };
    expect(failed.status).toBe(409);
    const answer = JSON.parse(failed.response) as DicomJson;
    expect(answer['00081198']!.Value).toEqual([
      {
        '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
        '00081155': { vr: 'UI', Value: [sopInstanceUID] },
        '00081197': { vr: 'US', Value: [0x0111] },
      },
    ]);
  });
});
