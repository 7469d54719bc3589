import { PduError } from './pdu.ts';

/** DIMSE command sets: implicit VR little endian, group 0000 (PS3.7 section 6.3 and annex E). */

export const commandFields = {
  storeRq: 0x0001,
  storeRsp: 0x8001,
  echoRq: 0x0030,
  echoRsp: 0x8030,
  cancelRq: 0x0fff,
  eventReportRq: 0x0100,
  eventReportRsp: 0x8100,
  actionRq: 0x0130,
  actionRsp: 0x8130,
};
/** Command Data Set Type (0000,0800): no data set follows. */
export const NO_DATA_SET = 0x0101;

export interface CommandSet {
  commandField: number;
  messageId: number;
  messageIdBeingRespondedTo?: number;
  dataSetType: number;
  affectedSopClassUid?: string;
  affectedSopInstanceUid?: string;
  requestedSopClassUid?: string;
  requestedSopInstanceUid?: string;
  eventTypeId?: number;
  actionTypeId?: number;
  priority?: number;
  status?: number;
}

const tags = {
  affectedSopClassUid: 0x0002,
  requestedSopClassUid: 0x0003,
  commandField: 0x0100,
  messageId: 0x0110,
  messageIdBeingRespondedTo: 0x0120,
  priority: 0x0700,
  dataSetType: 0x0800,
  status: 0x0900,
  affectedSopInstanceUid: 0x1000,
  requestedSopInstanceUid: 0x1001,
  eventTypeId: 0x1002,
  actionTypeId: 0x1008,
} as const;

/** Throws PduError where the bytes are no command set. */
export function readCommandSet(bytes: Buffer): CommandSet {
  const values = new Map<number, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    const length = at + 8 <= bytes.length ? bytes.readUInt32LE(at + 4) : -1;
    if (length < 0 || at + 8 + length > bytes.length || bytes.readUInt16LE(at) !== 0)
      throw new PduError(6, 'the command set cannot be read');
    values.set(bytes.readUInt16LE(at + 2), bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  const number = (tag: number) => {
    const value = values.get(tag);
    return value === undefined || value.length < 2 ? undefined : value.readUInt16LE(0);
  };
  const uid = (tag: number) =>
    values
      .get(tag)
      ?.toString('latin1')
      .replace(/[\0 ]+$/, '');
  const commandField = number(tags.commandField);
  const messageId = number(tags.messageId) ?? number(tags.messageIdBeingRespondedTo);
  if (commandField === undefined || messageId === undefined)
    throw new PduError(6, 'the command set says not what it asks');
  const numbers = {
    messageIdBeingRespondedTo: number(tags.messageIdBeingRespondedTo),
    status: number(tags.status),
    eventTypeId: number(tags.eventTypeId),
    actionTypeId: number(tags.actionTypeId),
  };
  const uids = {
    affectedSopClassUid: uid(tags.affectedSopClassUid),
    affectedSopInstanceUid: uid(tags.affectedSopInstanceUid),
    requestedSopClassUid: uid(tags.requestedSopClassUid),
    requestedSopInstanceUid: uid(tags.requestedSopInstanceUid),
  };
  const present = Object.entries({ ...numbers, ...uids }).filter(([, value]) => value !== undefined);
  return {
    commandField,
    messageId,
    dataSetType: number(tags.dataSetType) ?? NO_DATA_SET,
    ...(Object.fromEntries(present) as Partial<CommandSet>),
  };
}

export function encodeCommandSet(command: Partial<CommandSet>): Buffer {
  const elements = Object.entries(tags)
    .flatMap(([name, tag]) => {
      const value = command[name as keyof typeof tags];
      if (value === undefined) return [];
      let bytes: Buffer;
      if (typeof value === 'number') {
        bytes = Buffer.alloc(2);
        bytes.writeUInt16LE(value, 0);
      } else bytes = Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1');
      return [{ tag, bytes }];
    })
    .sort((a, b) => a.tag - b.tag)
    .map(({ tag, bytes }) => element(tag, bytes));
  const all = Buffer.concat(elements);
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(all.length, 0);
  return Buffer.concat([element(0x0000, groupLength), all]);
}

function element(tag: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(tag, 2);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}
