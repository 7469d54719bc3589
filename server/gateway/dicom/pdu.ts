/** The DICOM upper layer's protocol data units, PS3.8 section 9.3. */

/** A sender broke the protocol: answered by A-ABORT from the service provider, PS3.8 table 9-26. */
export class PduError extends Error {
  /** 1 unrecognized PDU, 2 unexpected PDU, 6 invalid PDU parameter value. */
  readonly reason: 1 | 2 | 6;
  constructor(reason: 1 | 2 | 6, message: string) {
    super(message);
    this.reason = reason;
  }
}

export const pduTypes = {
  associateRq: 1,
  associateAc: 2,
  associateRj: 3,
  data: 4,
  releaseRq: 5,
  releaseRp: 6,
  abort: 7,
};

export interface Pdu {
  type: number;
  body: Buffer;
}

/** What we take of one P-DATA-TF PDU, told to the other side: PS3.8 annex D.1. */
export const LONGEST_DATA_PDU = 256 * 1024;
/** 128 contexts with a dozen transfer syntaxes each stay far below. */
const LONGEST_ASSOCIATE_PDU = 256 * 1024;

function longestBody(type: number): number {
  if (type === pduTypes.data) return LONGEST_DATA_PDU;
  if (type === pduTypes.associateRq || type === pduTypes.associateAc) return LONGEST_ASSOCIATE_PDU;
  if (type >= pduTypes.associateRj && type <= pduTypes.abort) return 4;
  throw new PduError(1, `PDU type ${type} is not known`);
}

/** PDUs one after the other; no more than one is held. Throws PduError before it would hold too much. */
export async function* readPdus(source: AsyncIterable<Buffer>): AsyncGenerator<Pdu> {
  let waiting: Buffer[] = [];
  let held = 0;
  let needed = 6;
  let head: Buffer | null = null;
  for await (const chunk of source) {
    waiting.push(chunk);
    held += chunk.length;
    while (held >= needed) {
      const bytes: Buffer = waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting, held);
      if (head === null) {
        head = bytes.subarray(0, 6);
        const longest = longestBody(head.readUInt8(0));
        const length = head.readUInt32BE(2);
        if (length > longest) throw new PduError(6, `a PDU of ${length} bytes is longer than agreed`);
        needed = 6 + length;
        waiting = [bytes];
        continue;
      }
      yield { type: head.readUInt8(0), body: bytes.subarray(6, needed) };
      waiting = bytes.length > needed ? [bytes.subarray(needed)] : [];
      held -= needed;
      head = null;
      needed = 6;
    }
  }
}

export function encodePdu(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt8(type, 0);
  head.writeUInt32BE(body.length, 2);
  return Buffer.concat([head, body]);
}

export const releaseRp = encodePdu(pduTypes.releaseRp, Buffer.alloc(4));
/** Source: 0 service user, 2 service provider. */
export const abortPdu = (source: 0 | 2, reason: number) =>
  encodePdu(pduTypes.abort, Buffer.from([0, 0, source, reason]));
/** Table 9-21. */
export const rejectPdu = (result: 1 | 2, source: 1 | 2 | 3, reason: number) =>
  encodePdu(pduTypes.associateRj, Buffer.from([0, result, source, reason]));

/** A presentation data value, PS3.8 section 9.3.5.1 and annex E.2. */
export interface DataValue {
  contextId: number;
  isCommand: boolean;
  isLast: boolean;
  bytes: Buffer;
}

export function readDataValues(body: Buffer): DataValue[] {
  const values: DataValue[] = [];
  let at = 0;
  while (at < body.length) {
    const length = at + 4 <= body.length ? body.readUInt32BE(at) : 0;
    if (length < 2 || at + 4 + length > body.length) throw new PduError(6, 'a presentation data value does not fit');
    const control = body.readUInt8(at + 5);
    values.push({
      contextId: body.readUInt8(at + 4),
      isCommand: (control & 1) === 1,
      isLast: (control & 2) === 2,
      bytes: body.subarray(at + 6, at + 4 + length),
    });
    at += 4 + length;
  }
  return values;
}

/** PDUs that carry one command or data set, none longer than the other side takes. */
export function* dataPdus(value: Omit<DataValue, 'isLast'>, longestBody: number): Generator<Buffer> {
  const { contextId, isCommand, bytes } = value;
  const step = Math.max(1, (longestBody === 0 ? LONGEST_DATA_PDU : Math.min(longestBody, LONGEST_DATA_PDU)) - 6);
  let at = 0;
  do {
    const part = bytes.subarray(at, at + step);
    at += step;
    const head = Buffer.alloc(6);
    head.writeUInt32BE(part.length + 2, 0);
    head.writeUInt8(contextId, 4);
    head.writeUInt8((isCommand ? 1 : 0) | (at >= bytes.length ? 2 : 0), 5);
    yield encodePdu(pduTypes.data, Buffer.concat([head, part]));
  } while (at < bytes.length);
}
