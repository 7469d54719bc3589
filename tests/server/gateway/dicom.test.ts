import { readdir } from 'node:fs/promises';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acceptedTransferSyntaxes } from '../../../server/gateway/dicom/choose-contexts.ts';
import { commandFields, encodeCommandSet, NO_DATA_SET } from '../../../server/gateway/dicom/command-set.ts';
import { encodePdu, pduTypes } from '../../../server/gateway/dicom/pdu.ts';
import { readInstance } from '../../../server/imaging/read-instance.ts';
import { readEntryFile, readPiece } from '../../../server/gateway/spool/entry-file.ts';
import type { Gateway } from '../../../server/gateway/gateway.ts';
import { smallInstance } from '../../support/dicom-web.ts';
import { associateRequest, dataSetOf, TestScu } from '../../support/dicom-scu.ts';
import { makeFolder, removeFolder, startTestGateway, until } from '../../support/gateway.ts';

const VERIFICATION = '1.2.840.10008.1.1';
const SECONDARY = '1.2.840.10008.5.1.4.1.1.7';
const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const contexts = [
  { id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
  { id: 3, abstractSyntax: SECONDARY, transferSyntaxes: [EXPLICIT] },
];

let folder: string;
let gateway: Gateway;
beforeAll(async () => {
  folder = await makeFolder();
  // No hub stands there: what is taken stays in the spool, to be looked at.
  gateway = await startTestGateway({
    hub: 'http://127.0.0.1:9',
    token: 'x'.repeat(40),
    spoolFolder: folder,
    longestWaitMs: 60_000,
    artimMs: 300,
    silenceMs: 5000,
  });
});
afterAll(async () => {
  await gateway.close();
  await removeFolder(folder);
});

const spooled = async () => (await readdir(folder)).filter((name) => name.endsWith('.spool')).sort();
const partial = async () => (await readdir(folder)).filter((name) => name.endsWith('.part'));
async function lastSpooled(): Promise<{ kind: string; bytes: Buffer }> {
  const path = `${folder}/${(await spooled()).at(-1)}`;
  const entry = (await readEntryFile(path))!;
  return { kind: entry.header.kind, bytes: await readPiece(path, entry, 0, entry.byteLength) };
}
const alive = async () => {
  const { scu } = await TestScu.associated(gateway.port, contexts);
  expect(await scu.echo(1)).toBe(0);
  await scu.release();
};

test('[GW1] verification succeeds, and the association is released', alive);

test('[GW1] contexts are accepted in the best syntax that is proposed, and others are refused one by one', async () => {
  const { scu, accepted } = await TestScu.associated(gateway.port, [
    { id: 1, abstractSyntax: SECONDARY, transferSyntaxes: [IMPLICIT, EXPLICIT, JPEG_LS] },
    { id: 3, abstractSyntax: SECONDARY, transferSyntaxes: ['1.2.840.10008.1.2.4.50', JPEG_LS] },
    { id: 5, abstractSyntax: '1.2.840.10008.5.1.4.1.2.2.1', transferSyntaxes: [IMPLICIT] },
    { id: 7, abstractSyntax: SECONDARY, transferSyntaxes: ['1.2.3.4'] },
    { id: 9, abstractSyntax: '1.3.46.670589.11.0.0.12.1', transferSyntaxes: [EXPLICIT] },
    { id: 255, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
  ]);
  expect([...accepted]).toEqual([
    [1, EXPLICIT],
    [3, JPEG_LS],
    [5, null],
    [7, null],
    [9, EXPLICIT],
    [255, IMPLICIT],
  ]);
  expect(await scu.echo(255)).toBe(0);
  await scu.release();
});

test('[GW11] 128 contexts with every transfer syntax each, a request of more than 100 kB, are all answered', async () => {
  const all = Array.from({ length: 128 }, (_, index) => ({
    id: 2 * index + 1,
    abstractSyntax: `1.2.840.10008.5.1.4.1.1.7.${index}`,
    transferSyntaxes: [...acceptedTransferSyntaxes],
  }));
  expect(associateRequest(all).length).toBeGreaterThan(100_000);
  const { scu, accepted } = await TestScu.associated(gateway.port, all);
  expect([...accepted.values()]).toEqual(all.map(() => EXPLICIT));
  await scu.release();
});

test('[GW1] a stored instance stands in the spool as a file that says what it is, byte for byte what was sent', async () => {
  const file = smallInstance({
    studyInstanceUid: '2.25.900',
    pixelData: { native: new Uint8Array(500_000).fill(7), bitsAllocated: 8 },
    elements: [
      { tag: 0x00280010, vr: 'US', value: 500 },
      { tag: 0x00280011, vr: 'US', value: 1000 },
    ],
  });
  const { scu } = await TestScu.associated(gateway.port, contexts);
  expect(await scu.store(3, SECONDARY, '2.25.900.1.1', dataSetOf(file))).toBe(0);
  const { kind, bytes } = await lastSpooled();
  expect(kind).toBe('dicom');
  expect(dataSetOf(bytes).equals(dataSetOf(file))).toBe(true);
  expect(readInstance(bytes)).toMatchObject({ sopInstanceUid: '2.25.900.1.1', transferSyntaxUid: EXPLICIT });
  expect(await scu.store(3, SECONDARY, '2.25.900.1.1', dataSetOf(file))).toBe(0);
  expect((await lastSpooled()).bytes.equals(bytes)).toBe(true);
  await scu.release();
});

test('[GW1] a waveform is spooled as an ECG', async () => {
  const ecg = '1.2.840.10008.5.1.4.1.1.9.1.1';
  const { scu } = await TestScu.associated(gateway.port, [
    { id: 1, abstractSyntax: ecg, transferSyntaxes: [EXPLICIT] },
  ]);
  expect(await scu.store(1, ecg, '2.25.901', Buffer.alloc(100))).toBe(0);
  expect((await lastSpooled()).kind).toBe('ecg');
  await scu.release();
});

describe('commands that cannot be', () => {
  test.each<[string, string, string, Buffer, number]>([
    ['of another class than its context', '1.2.840.10008.5.1.4.1.1.2', '2.25.1', Buffer.alloc(10), 0x0122],
    ['of an instance without UID', SECONDARY, '', Buffer.alloc(10), 0x0117],
    ['of a path as UID', SECONDARY, '../../x', Buffer.alloc(10), 0x0117],
    ['of no bytes', SECONDARY, '2.25.2', Buffer.alloc(0), 0xc000],
  ])('[GW3] C-STORE %s is refused, and the association goes on', async (_, sopClass, sopInstance, dataSet, status) => {
    const before = await spooled();
    const { scu } = await TestScu.associated(gateway.port, contexts);
    expect(await scu.store(3, sopClass, sopInstance, dataSet)).toBe(status);
    expect(await scu.echo(1)).toBe(0);
    await scu.release();
    expect(await spooled()).toEqual(before);
    expect(await partial()).toEqual([]);
  });

  test('[GW3] an operation that is not offered is answered 0211', async () => {
    const { scu } = await TestScu.associated(gateway.port, contexts);
    scu.command(3, { commandField: 0x0020, affectedSopClassUid: SECONDARY, dataSetType: 0 });
    scu.send(3, false, Buffer.alloc(30));
    expect(await scu.response()).toMatchObject({ commandField: 0x8020, status: 0x0211 });
    expect(await scu.echo(1)).toBe(0);
    await scu.release();
  });
});

const pdv = (contextId: number, control: number, bytes: Buffer) => {
  const head = Buffer.alloc(6);
  head.writeUInt32BE(bytes.length + 2, 0);
  head[4] = contextId;
  head[5] = control;
  return Buffer.concat([head, bytes]);
};
const data = (...values: Buffer[]) => encodePdu(pduTypes.data, Buffer.concat(values));
const storeCommand = encodeCommandSet({
  commandField: commandFields.storeRq,
  messageId: 1,
  dataSetType: 0,
  affectedSopClassUid: SECONDARY,
  affectedSopInstanceUid: '2.25.3',
});
const echoCommand = encodeCommandSet({
  commandField: commandFields.echoRq,
  messageId: 1,
  dataSetType: NO_DATA_SET,
  affectedSopClassUid: VERIFICATION,
});
const withLength = (pdu: Buffer, length: number) => {
  const changed = Buffer.from(pdu);
  changed.writeUInt32BE(length, 2);
  return changed;
};
const rq = associateRequest(contexts);
const at = (index: number, value: number) => {
  const changed = Buffer.from(rq);
  changed[index] = value;
  return changed;
};

describe('PDUs that cannot be', () => {
  test.each<[string, Buffer, number]>([
    ['a web request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 1],
    ['TLS', Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3]), 1],
    ['data before anything was associated', data(pdv(1, 3, echoCommand)), 2],
    ['a release before anything was associated', encodePdu(pduTypes.releaseRq, Buffer.alloc(4)), 2],
    ['four gigabytes announced', withLength(rq, 0xffffffff), 6],
    ['a release of a megabyte', withLength(encodePdu(pduTypes.releaseRq, Buffer.alloc(4)), 1 << 20), 6],
    ['a request of nothing', encodePdu(pduTypes.associateRq, Buffer.alloc(0)), 6],
    ['a request without contexts', associateRequest([]), 6],
    ['an even context', associateRequest([{ ...contexts[0]!, id: 2 }]), 6],
    ['a context twice', associateRequest([contexts[0]!, contexts[0]!]), 6],
    ['a context without transfer syntaxes', associateRequest([{ ...contexts[0]!, transferSyntaxes: [] }]), 6],
    ['a UID of letters', associateRequest([{ ...contexts[0]!, abstractSyntax: 'abc' }]), 6],
    ['a UID of a thousand digits', associateRequest([{ ...contexts[0]!, abstractSyntax: '1'.repeat(1000) }]), 6],
    ['an item longer than the PDU', at(6 + 68 + 2, 0xff), 6],
  ])('[GW3] %s: aborted', async (_, bytes, reason) => {
    const scu = await TestScu.connect(gateway.port);
    scu.socket.write(bytes);
    const { type, body } = await scu.next();
    expect([type, body[2], body[3]]).toEqual([pduTypes.abort, 2, reason]);
    await expect(scu.next()).rejects.toThrow('closed');
    await alive();
  });

  test.each<[string, Buffer[], number]>([
    ['a second request', [rq], 2],
    ['an answer that nobody asked for', [encodePdu(pduTypes.associateAc, Buffer.alloc(80))], 2],
    ['a context that was not accepted', [data(pdv(77, 3, echoCommand))], 6],
    ['a value longer than its PDU', [data(Buffer.from([0, 0, 0xff, 0, 1, 3, 0, 0]))], 6],
    ['a value of one byte', [data(Buffer.from([0, 0, 0, 1, 1]))], 6],
    ['a data set without its command', [data(pdv(3, 2, Buffer.alloc(10)))], 2],
    [
      'a command in the middle of a data set',
      [data(pdv(3, 3, storeCommand), pdv(3, 0, Buffer.alloc(9)), pdv(1, 3, echoCommand))],
      2,
    ],
    ['a data set of another context', [data(pdv(3, 3, storeCommand), pdv(1, 0, Buffer.alloc(9)))], 2],
    [
      'a release in the middle of a data set',
      [data(pdv(3, 3, storeCommand), pdv(3, 0, Buffer.alloc(9))), encodePdu(pduTypes.releaseRq, Buffer.alloc(4))],
      2,
    ],
    ['a command of noise', [data(pdv(1, 3, Buffer.alloc(40, 0xa5)))], 6],
    ['a command of nothing', [data(pdv(1, 3, Buffer.alloc(0)))], 6],
    ['an endless command', Array.from({ length: 9 }, () => data(pdv(1, 1, Buffer.alloc(8000)))), 6],
    ['more than was agreed in one PDU', [withLength(data(pdv(1, 1, Buffer.alloc(9))), 256 * 1024 + 1)], 6],
  ])('[GW3] within an association, %s: aborted, and nothing is kept', async (_, pdus, reason) => {
    const before = await spooled();
    const { scu } = await TestScu.associated(gateway.port, contexts);
    for (const pdu of pdus) scu.socket.write(pdu);
    const { type, body } = await scu.next();
    expect([type, body[2], body[3]]).toEqual([pduTypes.abort, 2, reason]);
    await expect(scu.next()).rejects.toThrow('closed');
    await alive();
    expect(await spooled()).toEqual(before);
    expect(await until(partial, (names) => names.length === 0)).toEqual([]);
  });

  test.each<[string, Buffer, number[]]>([
    ['another protocol version', associateRequest(contexts, { version: 2 }), [1, 2, 2]],
    ['another application context', associateRequest(contexts, { application: '1.2.3' }), [1, 1, 2]],
  ])('[GW3] %s is rejected', async (_, bytes, answer) => {
    const scu = await TestScu.connect(gateway.port);
    scu.socket.write(bytes);
    const { type, body } = await scu.next();
    expect([type, ...body.subarray(1)]).toEqual([pduTypes.associateRj, ...answer]);
    await alive();
  });

  test('[GW3] whoever connects and says nothing, or half a PDU, is let go', async () => {
    for (const said of [Buffer.alloc(0), rq.subarray(0, 40)]) {
      const scu = await TestScu.connect(gateway.port);
      scu.socket.resume();
      scu.socket.write(said);
      await once(scu.socket, 'close');
    }
    await alive();
  });

  test('[GW3] a PDU that comes byte by byte, and many in one piece, are read the same', async () => {
    const scu = await TestScu.connect(gateway.port);
    scu.socket.setNoDelay(true);
    const both = Buffer.concat([
      rq,
      data(pdv(1, 1, echoCommand.subarray(0, 20))),
      data(pdv(1, 3, echoCommand.subarray(20))),
    ]);
    for (const byte of both.subarray(0, 60)) scu.socket.write(Buffer.from([byte]));
    scu.socket.write(both.subarray(60));
    expect((await scu.next()).type).toBe(pduTypes.associateAc);
    expect((await scu.response()).status).toBe(0);
    await scu.release();
  });

  test('[GW3] the thirty-third association is rejected for the moment, and the others go on', async () => {
    const many = await Promise.all(Array.from({ length: 32 }, () => TestScu.associated(gateway.port, contexts)));
    const { type, body } = await (await TestScu.connect(gateway.port)).next();
    expect([type, ...body.subarray(1)]).toEqual([pduTypes.associateRj, 2, 3, 2]);
    for (const { scu } of many) expect(await scu.echo(1)).toBe(0);
    for (const { scu } of many) await scu.release();
    await until(
      () => gateway.status().associations,
      (running) => running === 0,
    );
    await alive();
  });
});
