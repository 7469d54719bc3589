import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { decodeLimits } from '../../../../server/ecg/decode/decode-limits.ts';
import { decodeWfdb } from '../../../../server/ecg/decode/wfdb/decode-wfdb.ts';
import { writeWfdb } from '../../../../server/ecg/encode/wfdb.ts';
import { packSamples, wfdbFormats } from '../../../../server/ecg/encode/wfdb-packing.ts';
import type { WfdbFormat } from '../../../../server/ecg/encode/wfdb-packing.ts';
import { synthesizeEcg } from '../../../../shared/ecg/synthesize.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { timedOutcome } from '../../../support/ecg-files/decode-outcome.ts';
import { fingerprint, testPatient } from '../../../support/ecg-files/synthetic-files.ts';

type Files = Readonly<Record<string, Uint8Array>>;

/** Decodes a header given as text, with the files beside it. */
function read(header: string, files: Files = {}): EcgDocument {
  return decodeWfdb(Buffer.from(header), (name) => files[name]);
}

const shorts = (...values: number[]) => packSamples(values, 16);
const samplesOf = (document: EcgDocument) =>
  document.groups.flatMap(({ leads }) => leads.map(({ samples }) => samples));
const namesOf = (document: EcgDocument) => document.groups.flatMap(({ leads }) => leads.map(({ name }) => name));
const refusal = (code: string, message = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** Leads whose samples fit 8 bits and differ little from each other, in whole microvolts. */
function small(format: WfdbFormat): EcgDocument {
  const { document } = synthesizeEcg({ durationSeconds: 1, sampleRateHz: 101 });
  const leads = document.groups[0]!.leads.slice(0, 5).map((lead, k) => ({
    ...lead,
    samples: lead.samples.map((_, i) => (format !== 8 && i === 40 + k ? null : ((i * (k + 3)) % 23) - 11)),
  }));
  return { ...document, groups: [{ label: 'rhythm', leads }] };
}

describe('signal(5) formats', () => {
  test.each(wfdbFormats)('format %d brings every sample back, the missing ones too', (format) => {
    const document = small(format);
    const { header, samples } = writeWfdb(document, { format });
    const back = decodeWfdb(header.bytes, (name) => (name === samples.name ? samples.bytes : undefined));
    expect(fingerprint(back.groups)).toEqual(fingerprint(document.groups));
    expect(back.warnings).toEqual(['The file names no patient']);
  });

  test.each<[WfdbFormat, number[]]>([
    [8, [-128, 0, 127]],
    [16, [-32767, -1, 32767]],
    [24, [-8388607, -1, 8388607]],
    [32, [-2147483647, -1, 2147483647]],
    [61, [-32767, -1, 32767]],
    [80, [-127, -1, 127]],
    [160, [-32767, -1, 32767]],
    [212, [-2047, -1, 2047]],
    [310, [-511, -1, 511, 300]],
    [311, [-511, -1, 511, 300]],
  ])('format %d holds its extremes', (format, values) => {
    const back = read(`r 1 100 ${values.length}\nr.dat ${format} 1/uV 16 0 0\n`, {
      'r.dat': packSamples(values, format),
    });
    expect(samplesOf(back)).toEqual([format === 8 ? [-128, -128, -1] : values]);
  });

  test.each([
    [212, [0x01, 0x20, 0x03], [1, 515]],
    [212, [0xff, 0xff, 0xfe], [-1, -2]],
    [310, [0x02, 0x08, 0x04, 0x00], [1, 2, 1]],
    [311, [0x01, 0x08, 0x30, 0x00], [1, 2, 3]],
    [61, [0x01, 0x02], [258]],
    [160, [0x01, 0x80], [1]],
  ])('format %d: the bytes %j are %j', (format, bytes, values) => {
    const back = read(`r 1 100 ${values.length}\nr.dat ${format} 1/uV\n`, { 'r.dat': Uint8Array.from(bytes) });
    expect(samplesOf(back)).toEqual([values]);
  });

  test.each([508, 516, 524, 99])('format %d is refused by its number', (format) => {
    expect(() => read(`r 1 100 1\nr.dat ${format} 1/uV\n`, { 'r.dat': shorts(1) })).toThrow(
      refusal('unsupported-format', new RegExp(String(format))),
    );
  });
});

describe('header(5)', () => {
  test('gain, baseline and units give microvolts', () => {
    const header =
      'r 5 100 2\nr.dat 16 200(10)/mV\nr.dat 16 1/uV\nr.dat 16 0.001(-5)/nV\nr.dat 16 200 12 10\nr.dat 16 2/V\n';
    const back = read(header, { 'r.dat': shorts(10, 10, 10, 10, 10, -10, -10, -10, -10, -10) });
    expect(samplesOf(back)).toEqual([
      [0, -100],
      [10, -10],
      [15, -5],
      [0, -100],
      [5_000_000, -5_000_000],
    ]);
  });

  test('frequency, length, start and the names of leads', () => {
    const back = read(
      'r 2 360/720(5) 2 08:09:10.5 07/03/2026\nr.dat 16 200 12 0 1 3 0 MLII\nr.dat 16 200 12 0 1 5 0 avr\n',
      {
        'r.dat': shorts(1, 2, 2, 3),
      },
    );
    expect(back.acquiredAt).toBe('2026-03-07T08:09:10.5');
    expect(back.groups[0]!.leads.map(({ name, sampleRateHz }) => [name, sampleRateHz])).toEqual([
      ['MLII', 360],
      ['aVR', 360],
    ]);
    expect(back.warnings).toEqual(['The file names no patient']);
  });

  test('several samples in a frame make a group of their own rate', () => {
    const back = read('r 2 100 2\nr.dat 16x1 1/uV 16 0 0 0 0 II\nr.dat 16x3 1/uV 16 0 0 0 0 V1\n', {
      'r.dat': shorts(1, 10, 11, 12, 2, 13, 14, 15),
    });
    expect(back.groups.map(({ leads }) => [leads[0]!.sampleRateHz, leads[0]!.samples])).toEqual([
      [100, [1, 2]],
      [300, [10, 11, 12, 13, 14, 15]],
    ]);
  });

  test('skew is taken back; what stood behind the end is missing, not made up', () => {
    const back = read('r 2 100 3\nr.dat 16 1/uV\nr.dat 16:2 1/uV\n', { 'r.dat': shorts(1, 91, 2, 92, 3, 93, 4, 94) });
    expect(samplesOf(back)).toEqual([
      [1, 2, 3],
      [93, 94, null],
    ]);
  });

  test('a byte offset is stepped over; a MATLAB matrix is read in either order', () => {
    const matrix = (rows: number, columns: number, ...values: number[]) => {
      const head = Buffer.alloc(24);
      [30, rows, columns, 0, 4].forEach((value, i) => head.writeInt32LE(value, 4 * i));
      head.write('val\0', 20);
      return Buffer.concat([head, shorts(...values)]);
    };
    const header = 'r 2 100 3\nr.mat 16+24 1/uV\nr.mat 16x1+24 1/uV\n';
    const wanted = [
      [1, 2, 3],
      [-1, -2, -3],
    ];
    expect(samplesOf(read(header, { 'r.mat': matrix(2, 3, 1, -1, 2, -2, 3, -3) }))).toEqual(wanted);
    expect(samplesOf(read(header, { 'r.mat': matrix(3, 2, 1, 2, 3, -1, -2, -3) }))).toEqual(wanted);
    expect(read(header, { 'r.mat': matrix(7, 7, 1, -1, 2, -2, 3, -3) }).warnings.join('\n')).toMatch(
      /matrix of 7 by 7/,
    );
  });

  test('without a length the files say it; several files are one record', () => {
    const back = read('r 2\na.dat 16 1/uV\nb.dat 80 1/uV\n', {
      'a.dat': shorts(1, 2),
      'b.dat': Uint8Array.of(129, 130),
    });
    expect(samplesOf(back)).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(back.groups[0]!.leads[0]!.sampleRateHz).toBe(250);
  });

  test('what is odd is read and told', () => {
    const header =
      'r 5 100 2\nr.dat 16 0 16 0 1 999 0 II\nr.dat 16 1/mmHg 16 0 1 2 0 ABP\nr.dat 16 1/uV 16 0 0 0 0 RESP\n' +
      'gone.dat 16 1/uV 16 0 0 0 0 V1\n~ 16 1/uV 16 0 0 0 0 V2\n';
    const back = read(header, { 'r.dat': shorts(1, 1, 0, 1, 1, 0) });
    expect(back.groups.map(({ label, leads }) => [label, leads.map(({ name }) => name)])).toEqual([
      ['rhythm', ['II']],
      ['other', ['RESP']],
    ]);
    expect(back.warnings).toEqual([
      'WFDB: the file gone.dat is not beside the header',
      'WFDB signal II: the checksum is wrong, so the samples may be damaged',
      'WFDB signal II: not calibrated; shown as if 200 units were a millivolt',
      'WFDB signal ABP: in "mmHg", which is no voltage; left out',
      'WFDB signal V1: the record holds none of its samples; left out',
      'WFDB signal V2: the record holds none of its samples; left out',
      'The file names no patient',
      'The file names no time of acquisition',
    ]);
  });
});

describe('header(5) comments', () => {
  const withComments = (...comments: string[]) =>
    read(`r 1 100 1\nr.dat 16 1/uV\n${comments.map((comment) => `#${comment}\n`).join('')}`, { 'r.dat': shorts(1) });

  test.each([
    [['69 M 1085 1629 x1'], { ageYears: 69, sex: 'male' }],
    [[' Age: 63', ' Sex: Female'], { ageYears: 63, sex: 'female' }],
    [[' <age>: 41  <sex>: F  <diagnoses>: (none)'], { ageYears: 41, sex: 'female' }],
    [['Age: NaN', 'Sex: Unknown'], undefined],
  ])('%j names the patient', (comments, patient) => {
    expect(withComments(...comments).patient).toEqual(patient);
  });

  test('diagnoses are codes or words; the rest is shown, what says nothing is not', () => {
    const back = withComments(
      ' Dx: 426177001, 67741000119109',
      ' Dx: Sinus rhythm, normal',
      ' Rx: Unknown',
      ' ECG date: 01/10/1990',
      'Aldomet',
    );
    expect(back.statements).toEqual(['SNOMED CT 426177001', 'SNOMED CT 67741000119109', 'Sinus rhythm, normal']);
    expect(back.acquiredAt).toBe('1990-10-01');
    expect(back.warnings).toEqual(['Comment in the header: Aldomet', 'The file names no patient']);
  });

  test('age, sex and statements that we write come back', () => {
    const { document } = synthesizeEcg({ durationSeconds: 1 });
    const { header, samples } = writeWfdb(document, { patient: testPatient });
    const back = decodeWfdb(header.bytes, () => samples.bytes);
    expect(back).toMatchObject({
      format: 'wfdb',
      patient: { ageYears: testPatient.ageYears, sex: testPatient.sex },
      acquiredAt: '2026-01-05T08:00:00',
      statements: document.statements,
      warnings: [],
    });
    expect(fingerprint(back.groups)).toEqual(fingerprint(document.groups));
  });
});

describe('header(5) records of several segments', () => {
  const part = (name: string, frames: number, ...leads: string[]) =>
    Buffer.from(
      `${name} ${leads.length} 100 ${frames}\n${leads.map((lead) => `${name}.dat 16 1/uV 16 0 0 x 0 ${lead}\n`).join('')}`,
    );

  test('a fixed layout is one time line, with a gap where no segment is', () => {
    const back = read('r/3 2 100 6\na 2\n~ 1\nb 3\n', {
      'a.hea': part('a', 2, 'I', 'II'),
      'a.dat': shorts(1, -1, 2, -2),
      'b.hea': part('b', 3, 'I', 'II'),
      'b.dat': shorts(4, -4, 5, -5, 6, -6),
    });
    expect(namesOf(back)).toEqual(['I', 'II']);
    expect(samplesOf(back)).toEqual([
      [1, 2, null, 4, 5, 6],
      [-1, -2, null, -4, -5, -6],
    ]);
  });

  test('a variable layout takes each signal from the segments that hold it', () => {
    const back = read('r/3 3 100 4\nlayout 0\na 2\nb 2\n', {
      'layout.hea': Buffer.from('layout 2 100 0\n~ 0 1/uV 16 0 0 0 0 II\n~ 0 1/uV 16 0 0 0 0 V\n'),
      'a.hea': part('a', 2, 'V'),
      'a.dat': shorts(7, 8),
      'b.hea': part('b', 2, 'II', 'V', 'MCL'),
      'b.dat': shorts(1, 9, 0, 2, 10, 0),
    });
    expect(samplesOf(back)).toEqual([
      [null, null, 1, 2],
      [7, 8, 9, 10],
    ]);
    expect(back.warnings[0]).toMatch(/segment b: signal MCL does not fit/);
  });

  test('segments in segments, another frequency and a missing segment are refused', () => {
    const nested = { 'a.hea': Buffer.from('a/1 1 100 1\nb 1\n') };
    expect(() => read('r/1 1 100 1\na 1\n', nested)).toThrow(refusal('malformed', /segments itself/));
    expect(() => read('r/1 1 200 1\na 1\n', { 'a.hea': part('a', 1, 'I') })).toThrow(refusal('malformed', /frequency/));
    expect(() => read('r/1 1 100 1\na 1\n')).toThrow(refusal('truncated', /a\.hea is not beside/));
  });
});

describe('hostile WFDB records', () => {
  test.each(['../secret', '/etc/passwd', '..', 'a/b', 'a\\b', 'C:x', '-', 'x'.repeat(300)])(
    'a file named "%s" is never asked for',
    (name) => {
      const asked: string[] = [];
      const open = (file: string) => {
        asked.push(file);
        return shorts(1);
      };
      expect(() => decodeWfdb(Buffer.from(`r 1 100 1\n${name} 16 1/uV\n`), open)).toThrow(refusal('malformed'));
      expect(() => decodeWfdb(Buffer.from(`r/1 1 100 1\n${name} 1\n`), open)).toThrow(refusal('malformed'));
      expect(asked).toEqual([]);
    },
  );

  test.each([
    ['r 1 100 2\nr.dat 16 1/uV\n', 'truncated', /2 samples of each signal are stated, it holds 1/],
    ['r 3 100 1\nr.dat 16 1/uV\n', 'truncated', /3 lines are stated/],
    ['r 1 100 1\nr.dat 16+9000000000 1/uV\n', 'truncated', /before the samples begin/],
    ['r 0 100 1\n', 'malformed', /no signals/],
    ['r 1 0 1\nr.dat 16 1/uV\n', 'malformed', /frequency/],
    ['r 1 1e400 1\nr.dat 16 1/uV\n', 'malformed', /frequency/],
    ['r 1 100 x\nr.dat 16 1/uV\n', 'malformed', /number of samples/],
    ['r 1 100 1\nr.dat sixteen 1/uV\n', 'malformed', /format/],
    ['r 1 100 1\nr.dat 16x0 1/uV\n', 'malformed', /frame/],
    ['r 1 100 1\nr.dat 16 1e-300/uV\n', 'malformed', /gain/],
    ['r 1 100 1\nr.dat 16 NaN/uV\n', 'malformed', /gain/],
    ['r 2 100 1\nr.dat 16 1/uV\nr.dat 80 1/uV\n', 'malformed', /two formats/],
    ['r 1 100 1\nr.dat 16 1/mmHg\n', 'malformed', /no signal in volts/],
    ['r 1 100 99999999999999\nr.dat 16 1/uV\n', 'truncated', /are stated/],
    ['r 1 100 999999999999999999999\nr.dat 16 1/uV\n', 'too-large', /number of samples/],
    ['r 999999 100 1\nr.dat 16 1/uV\n', 'too-large', /number of signals/],
    ['r/999999 1 100 1\nr 1\n', 'too-large', /number of segments/],
    ['r/2 1 100 1\na 1\n~ 9000000000000000\n', 'too-large', /samples/],
    ['', 'malformed', /number of signals/],
  ])('%j is refused at once', (header, code, message) => {
    const files: Files = { 'r.dat': shorts(1), 'a.hea': Buffer.from('a 1 100 1\na.dat 16 1/uV\n'), 'a.dat': shorts(1) };
    const { ended, milliseconds } = timedOutcome(Buffer.from(header), (bytes) =>
      decodeWfdb(bytes, (name) => files[name]),
    );
    expect(ended).toBe(code);
    expect(milliseconds).toBeLessThan(1000);
    expect(() => read(header, files)).toThrow(refusal(code, message));
  });

  test('files of more bytes than are read in all are refused', () => {
    const big = new Uint8Array(decodeLimits.fileBytes / 2 + 1);
    expect(() => read('r 2 100 1\na.dat 16 1/uV\nb.dat 16 1/uV\n', { 'a.dat': big, 'b.dat': big })).toThrow(
      refusal('too-large'),
    );
    expect(() => read('r 1\na.dat 80 1/uV\n', { 'a.dat': big })).toThrow(refusal('too-large', /samples/));
  });

  test.each<WfdbFormat>([8, 16, 212, 311])(
    'format %d changed anywhere ends in a result or a refusal, quickly',
    (format) => {
      const { header, samples } = writeWfdb(small(format), { format, patient: testPatient });
      const change = fc.record({ at: fc.nat(header.bytes.length - 1), value: fc.integer({ min: 0, max: 255 }) });
      const digit = fc.record({ at: fc.nat(header.bytes.length - 1), value: fc.integer({ min: 48, max: 57 }) });
      fc.assert(
        fc.property(
          fc.array(fc.oneof(change, digit), { minLength: 1, maxLength: 8 }),
          fc.nat(samples.bytes.length),
          (changes, cut) => {
            const bytes = Uint8Array.from(header.bytes);
            for (const { at, value } of changes) bytes[at] = value;
            const open = () => samples.bytes.subarray(0, cut % 3 === 0 ? cut : undefined);
            expect(timedOutcome(bytes, (text) => decodeWfdb(text, open)).milliseconds).toBeLessThan(3000);
          },
        ),
        { numRuns: 200, seed: 20_261_122, interruptAfterTimeLimit: 30_000 },
      );
    },
  );

  test('a header alone is told what it lacks', () => {
    expect(() => decodeEcg(writeWfdb(small(16)).header.bytes)).toThrow(
      refusal('unsupported-format', /header of a WFDB record; its samples are in record\.dat/),
    );
    expect(() => decodeEcg(Buffer.from('# a comment\nr/2 2 360 100\na 50\nb 50\n'))).toThrow(
      refusal('unsupported-format', /a\.hea, b\.hea/),
    );
  });
});

describe('what the writer refuses', () => {
  const { document } = synthesizeEcg({ durationSeconds: 1 });

  test('a sample beyond the format, a gap in format 8, a name that is none', () => {
    const gapped = structuredClone(small(8));
    gapped.groups[0]!.leads[0]!.samples[3] = null;
    expect(() => writeWfdb(document, { format: 80 })).toThrow(RangeError);
    expect(() => writeWfdb(gapped, { format: 8 })).toThrow(RangeError);
    for (const name of ['', '../x', 'a b']) expect(() => writeWfdb(document, { name })).toThrow(RangeError);
  });
});
