import { encodePdu, LONGEST_DATA_PDU, PduError, pduTypes } from './pdu.ts';

/** A-ASSOCIATE-RQ and -AC, PS3.8 sections 9.3.2 and 9.3.3. */

export const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';
export const IMPLEMENTATION_CLASS_UID = '2.25.226493201758946312205637485213049861627';
export const IMPLEMENTATION_VERSION_NAME = 'LIANZHEN_1';

export interface ProposedContext {
  id: number;
  abstractSyntax: string;
  transferSyntaxes: string[];
}

export interface AssociateRequest {
  protocolVersion: number;
  calledTitle: string;
  callingTitle: string;
  applicationContext: string;
  contexts: ProposedContext[];
  /** 0: no limit. */
  longestDataPdu: number;
}

export interface AnsweredContext {
  id: number;
  /** Table 9-18: 0 acceptance, 3 abstract syntax not supported, 4 transfer syntaxes not supported. */
  result: 0 | 3 | 4;
  transferSyntax: string;
}

const bad = (what: string) => new PduError(6, what);
const UID = /^[0-9.]{1,64}$/;

/** Items of one level: type, and what is in them. */
function* itemsOf(bytes: Buffer): Generator<{ type: number; value: Buffer }> {
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) throw bad('an item is cut off');
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) throw bad('an item is longer than what holds it');
    yield { type: bytes.readUInt8(at), value: bytes.subarray(at + 4, end) };
    at = end;
  }
}

function uidOf(value: Buffer): string {
  const uid = value.toString('latin1').replace(/[\0 ]+$/, '');
  if (!UID.test(uid)) throw bad('a UID is none');
  return uid;
}

const titleOf = (value: Buffer) =>
  value
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim();

/** Throws PduError. */
export function readAssociateRequest(body: Buffer): AssociateRequest {
  if (body.length < 68) throw bad('A-ASSOCIATE-RQ is too short');
  const request: AssociateRequest = {
    protocolVersion: body.readUInt16BE(0),
    calledTitle: titleOf(body.subarray(4, 20)),
    callingTitle: titleOf(body.subarray(20, 36)),
    applicationContext: '',
    contexts: [],
    longestDataPdu: 0,
  };
  for (const { type, value } of itemsOf(body.subarray(68))) {
    if (type === 0x10) request.applicationContext = uidOf(value);
    else if (type === 0x20) request.contexts.push(readContext(value));
    else if (type === 0x50) {
      for (const item of itemsOf(value)) {
        if (item.type !== 0x51) continue;
        if (item.value.length !== 4) throw bad('Maximum Length is not four bytes');
        request.longestDataPdu = item.value.readUInt32BE(0);
      }
    }
    // Items that are not known are ignored (PS3.8, 9.3.1).
  }
  const ids = request.contexts.map(({ id }) => id);
  if (ids.length === 0 || ids.length > 128 || new Set(ids).size !== ids.length || ids.some((id) => id % 2 === 0))
    throw bad('the presentation contexts are not 1 to 128 with odd identifiers');
  return request;
}

function readContext(value: Buffer): ProposedContext {
  if (value.length < 4) throw bad('a presentation context is too short');
  let abstractSyntax = '';
  const transferSyntaxes: string[] = [];
  for (const item of itemsOf(value.subarray(4))) {
    if (item.type === 0x30) abstractSyntax = uidOf(item.value);
    else if (item.type === 0x40) transferSyntaxes.push(uidOf(item.value));
  }
  if (abstractSyntax === '' || transferSyntaxes.length === 0) throw bad('a presentation context proposes nothing');
  return { id: value.readUInt8(0), abstractSyntax, transferSyntaxes };
}

export function item(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt8(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}
export const textItem = (type: number, text: string) => item(type, Buffer.from(text, 'latin1'));

/** @param more further items, each whole */
export function userInformation(longestDataPdu: number, more: Buffer = Buffer.alloc(0)): Buffer {
  const longest = Buffer.alloc(4);
  longest.writeUInt32BE(longestDataPdu, 0);
  return item(
    0x50,
    Buffer.concat([
      item(0x51, longest),
      textItem(0x52, IMPLEMENTATION_CLASS_UID),
      more,
      textItem(0x55, IMPLEMENTATION_VERSION_NAME),
    ]),
  );
}

/** The titles and reserved bytes go back as they came (table 9-17). */
export function encodeAssociateAccept(requestBody: Buffer, contexts: readonly AnsweredContext[]): Buffer {
  const fixed = Buffer.from(requestBody.subarray(0, 68));
  fixed.writeUInt16BE(1, 0);
  fixed.writeUInt16BE(0, 2);
  const answers = contexts.map(({ id, result, transferSyntax }) =>
    item(0x21, Buffer.concat([Buffer.from([id, 0, result, 0]), textItem(0x40, transferSyntax)])),
  );
  return encodePdu(
    pduTypes.associateAc,
    Buffer.concat([fixed, textItem(0x10, APPLICATION_CONTEXT), ...answers, userInformation(LONGEST_DATA_PDU)]),
  );
}

/** SCP/SCU Role Selection (PS3.7, D.3.3.4): whoever asks for the association is SCP of this class. */
function providerRole(sopClassUid: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(sopClassUid.length);
  return item(0x54, Buffer.concat([length, Buffer.from(sopClassUid, 'latin1'), Buffer.from([0, 1])]));
}

/** A-ASSOCIATE-RQ by a provider of the class of its one context, whose identifier is 1. */
export function encodeProviderRequest(request: {
  calledTitle: string;
  callingTitle: string;
  abstractSyntax: string;
  transferSyntaxes: readonly string[];
}): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(1, 0);
  fixed.write(request.calledTitle.padEnd(16), 4, 'latin1');
  fixed.write(request.callingTitle.padEnd(16), 20, 'latin1');
  const context = Buffer.concat([
    Buffer.from([1, 0, 0, 0]),
    textItem(0x30, request.abstractSyntax),
    ...request.transferSyntaxes.map((syntax) => textItem(0x40, syntax)),
  ]);
  const information = userInformation(LONGEST_DATA_PDU, providerRole(request.abstractSyntax));
  return encodePdu(
    pduTypes.associateRq,
    Buffer.concat([fixed, textItem(0x10, APPLICATION_CONTEXT), item(0x20, context), information]),
  );
}

/** Of A-ASSOCIATE-AC: the transfer syntax of context 1, null where it was refused, and the longest PDU. Throws PduError. */
export function readProviderAccept(body: Buffer): { transferSyntax: string | null; longestDataPdu: number } {
  if (body.length < 68) throw bad('A-ASSOCIATE-AC is too short');
  const accepted = { transferSyntax: null as string | null, longestDataPdu: 0 };
  for (const { type, value } of itemsOf(body.subarray(68))) {
    if (type === 0x21 && value.length >= 4 && value[0] === 1 && value[2] === 0)
      for (const inner of itemsOf(value.subarray(4)))
        if (inner.type === 0x40) accepted.transferSyntax = uidOf(inner.value);
    if (type === 0x50)
      for (const inner of itemsOf(value))
        if (inner.type === 0x51 && inner.value.length === 4) accepted.longestDataPdu = inner.value.readUInt32BE(0);
  }
  return accepted;
}
