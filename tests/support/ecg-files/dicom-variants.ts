/**
 * DICOM ECG files in the encodings that our own writer does not use: implicit VR, big endian, deflated, 8 bits, odd
 * channels. Only for tests.
 */
import { deflateRawSync } from 'node:zlib';

export type TestValue = string | Buffer | { u16: number[] } | { u32: number[] } | { items: TestElement[][] };
export type TestElement = [tag: number, vr: string, value: TestValue];

export interface Encoding {
  implicit?: boolean;
  bigEndian?: boolean;
  deflated?: boolean;
  undefinedLengths?: boolean;
}

function u16(value: number, big: boolean): Buffer {
  const bytes = Buffer.alloc(2);
  if (big) bytes.writeUInt16BE(value);
  else bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number, big: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  if (big) bytes.writeUInt32BE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}

function encodeValue(vr: string, value: TestValue, encoding: Encoding): Buffer {
  const big = encoding.bigEndian ?? false;
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    return text.length % 2 === 0 ? text : Buffer.concat([text, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  }
  if (Buffer.isBuffer(value)) return value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.alloc(1)]);
  if ('u16' in value) return Buffer.concat(value.u16.map((number) => u16(number, big)));
  if ('u32' in value) return Buffer.concat(value.u32.map((number) => u32(number, big)));
  const tag = (group: number, element: number): Buffer => Buffer.concat([u16(group, big), u16(element, big)]);
  const items = value.items.map((elements) => {
    const content = encodeElements(elements, encoding);
    return encoding.undefinedLengths
      ? Buffer.concat([tag(0xfffe, 0xe000), u32(0xffffffff, big), content, tag(0xfffe, 0xe00d), u32(0, big)])
      : Buffer.concat([tag(0xfffe, 0xe000), u32(content.length, big), content]);
  });
  const end = encoding.undefinedLengths ? [tag(0xfffe, 0xe0dd), u32(0, big)] : [];
  return Buffer.concat([...items, ...end]);
}

export function encodeElements(elements: readonly TestElement[], encoding: Encoding = {}): Buffer {
  const big = encoding.bigEndian ?? false;
  return Buffer.concat(
    [...elements]
      .sort(([a], [b]) => a - b)
      .map(([tag, vr, value]) => {
        const bytes = encodeValue(vr, value, encoding);
        const undefinedLength = vr === 'SQ' && encoding.undefinedLengths;
        const length = undefinedLength ? 0xffffffff : bytes.length;
        const head = Buffer.concat([u16(tag >>> 16, big), u16(tag & 0xffff, big)]);
        if (encoding.implicit) return Buffer.concat([head, u32(length, big), bytes]);
        const long = ['OB', 'OW', 'SQ', 'UN', 'UT'].includes(vr);
        const size = long ? Buffer.concat([Buffer.alloc(2), u32(length, big)]) : u16(length, big);
        return Buffer.concat([head, Buffer.from(vr, 'ascii'), size, bytes]);
      }),
  );
}

/** A whole file around a data set. */
export function dicomTestFile(elements: readonly TestElement[], encoding: Encoding = {}): Buffer {
  const syntax = encoding.implicit
    ? '1.2.840.10008.1.2'
    : encoding.bigEndian
      ? '1.2.840.10008.1.2.2'
      : encoding.deflated
        ? '1.2.840.10008.1.2.1.99'
        : '1.2.840.10008.1.2.1';
  const meta = encodeElements([
    [0x00020002, 'UI', '1.2.840.10008.5.1.4.1.1.9.1.1'],
    [0x00020003, 'UI', '2.25.1'],
    [0x00020010, 'UI', syntax],
  ]);
  const body = encodeElements(elements, encoding);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    encodeElements([[0x00020000, 'UL', { u32: [meta.length] }]]),
    meta,
    encoding.deflated ? deflateRawSync(body) : body,
  ]);
}

export interface TestChannel {
  name: string;
  unit?: string | null;
  sensitivity?: string | null;
  correction?: string;
  baseline?: string;
  skew?: string;
}

export interface TestGroup {
  channels: TestChannel[];
  /** samples[channel][i], stored numbers. */
  samples: number[][];
  bits?: 8 | 16;
  interpretation?: string;
  declaredSamples?: number;
  declaredChannels?: number;
  rate?: string;
  label?: string;
  originality?: string;
  padding?: number;
}

function channelItem(channel: TestChannel): TestElement[] {
  const unit = channel.unit === undefined ? 'uV' : channel.unit;
  const sensitivity = channel.sensitivity === undefined ? '1' : channel.sensitivity;
  const source: TestElement[] = [
    [0x00080100, 'SH', 'x'],
    [0x00080102, 'SH', '99TEST'],
    [0x00080104, 'LO', channel.name],
  ];
  const elements: TestElement[] = [[0x003a0208, 'SQ', { items: [source] }]];
  if (sensitivity !== null) elements.push([0x003a0210, 'DS', sensitivity]);
  if (unit !== null) {
    elements.push([
      0x003a0211,
      'SQ',
      { items: [[[0x00080100, 'SH', unit] as TestElement, [0x00080102, 'SH', 'UCUM']]] },
    ]);
  }
  if (channel.correction !== undefined) elements.push([0x003a0212, 'DS', channel.correction]);
  if (channel.baseline !== undefined) elements.push([0x003a0213, 'DS', channel.baseline]);
  if (channel.skew !== undefined) elements.push([0x003a0215, 'DS', channel.skew]);
  return elements;
}

/** One multiplex group (PS3.3 C.10.9) of whole numbers. */
export function waveformGroup(group: TestGroup, encoding: Encoding = {}): TestElement[] {
  const bits = group.bits ?? 16;
  const count = group.samples[0]?.length ?? 0;
  const channels = group.samples.length;
  const data = Buffer.alloc((count * channels * bits) / 8);
  const put = (value: number, at: number): void => {
    if (bits === 8) data.writeUInt8(value & 0xff, at);
    else if (encoding.bigEndian) data.writeUInt16BE(value & 0xffff, at * 2);
    else data.writeUInt16LE(value & 0xffff, at * 2);
  };
  group.samples.forEach((values, channel) => values.forEach((value, i) => put(value, i * channels + channel)));
  const elements: TestElement[] = [
    [0x003a0005, 'US', { u16: [group.declaredChannels ?? channels] }],
    [0x003a0010, 'UL', { u32: [group.declaredSamples ?? count] }],
    [0x003a001a, 'DS', group.rate ?? '500'],
    [0x003a0200, 'SQ', { items: group.channels.map(channelItem) }],
    [0x54001004, 'US', { u16: [bits] }],
    [0x54001006, 'CS', group.interpretation ?? (bits === 8 ? 'SB' : 'SS')],
    [0x54001010, bits === 8 ? 'OB' : 'OW', data],
  ];
  if (group.label !== undefined) elements.push([0x003a0020, 'SH', group.label]);
  if (group.originality !== undefined) elements.push([0x003a0004, 'CS', group.originality]);
  if (group.padding !== undefined)
    elements.push([0x5400100a, 'OW', u16(group.padding & 0xffff, encoding.bigEndian ?? false)]);
  return elements;
}

/** A 12-lead waveform object around the groups. */
export function waveformObject(
  groups: readonly TestElement[][],
  extra: readonly TestElement[] = [],
  sopClass = '1.2.840.10008.5.1.4.1.1.9.1.1',
): TestElement[] {
  return [
    [0x00080016, 'UI', sopClass],
    [0x00080018, 'UI', '2.25.1'],
    [0x00080060, 'CS', 'ECG'],
    [0x54000100, 'SQ', { items: [...groups] }],
    ...extra,
  ];
}
