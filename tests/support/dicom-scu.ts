import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  COMMITMENT,
  COMMITMENT_INSTANCE,
  type NamedInstance,
} from '../../server/gateway/commitment/commitment-message.ts';
import {
  APPLICATION_CONTEXT,
  encodeAssociateAccept,
  item,
  readAssociateRequest,
  textItem,
  userInformation,
} from '../../server/gateway/dicom/associate.ts';
import {
  commandFields,
  encodeCommandSet,
  NO_DATA_SET,
  readCommandSet,
  type CommandSet,
} from '../../server/gateway/dicom/command-set.ts';
import {
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  parseDataSet,
  type SmallDataSet,
  type SmallValue,
} from '../../server/gateway/dicom/data-set.ts';
import {
  dataPdus,
  encodePdu,
  pduTypes,
  readDataValues,
  readPdus,
  releaseRp,
  type Pdu,
} from '../../server/gateway/dicom/pdu.ts';

export interface Proposal {
  id: number;
  abstractSyntax: string;
  transferSyntaxes: string[];
}

/** A-ASSOCIATE-RQ (PS3.8, 9.3.2). */
export function associateRequest(
  contexts: readonly Proposal[],
  { calledTitle = 'LIANZHEN', version = 1, application = APPLICATION_CONTEXT, longestDataPdu = 16_384 } = {},
): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(version, 0);
  fixed.write(calledTitle.padEnd(16), 4, 'latin1');
  fixed.write('TESTSCU'.padEnd(16), 20, 'latin1');
  const proposed = contexts.map(({ id, abstractSyntax, transferSyntaxes }) =>
    item(
      0x20,
      Buffer.concat([
        Buffer.from([id, 0, 0, 0]),
        textItem(0x30, abstractSyntax),
        ...transferSyntaxes.map((syntax) => textItem(0x40, syntax)),
      ]),
    ),
  );
  return encodePdu(
    pduTypes.associateRq,
    Buffer.concat([fixed, textItem(0x10, application), ...proposed, userInformation(longestDataPdu)]),
  );
}

/** A modality as tests need it: it says exactly what it is told to, right or wrong. */
export class TestScu {
  readonly socket: Socket;
  private readonly pdus: AsyncGenerator<Pdu>;
  private messageId = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.pdus = readPdus(socket as AsyncIterable<Buffer>);
  }

  static async connect(port: number): Promise<TestScu> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    return new TestScu(socket);
  }

  /** The accepted transfer syntax of each context; null where it was refused. */
  static async associated(port: number, contexts: readonly Proposal[]) {
    const scu = await TestScu.connect(port);
    scu.socket.write(associateRequest(contexts));
    const { type, body } = await scu.next();
    if (type !== pduTypes.associateAc) throw new Error(`answered by PDU type ${type}`);
    const accepted = new Map<number, string | null>();
    for (let at = 68; at < body.length; at += 4 + body.readUInt16BE(at + 2)) {
      if (body[at] !== 0x21) continue;
      const end = at + 4 + body.readUInt16BE(at + 2);
      const syntax = body.subarray(at + 12, end).toString('latin1');
      accepted.set(body[at + 4]!, body[at + 6] === 0 ? syntax : null);
    }
    return { scu, accepted };
  }

  /** The next PDU; throws where the line was closed instead. */
  async next(): Promise<Pdu> {
    const next = await this.pdus.next();
    if (next.done === true) throw new Error('closed');
    return next.value;
  }

  async response(): Promise<CommandSet> {
    const { type, body } = await this.next();
    if (type !== pduTypes.data) throw new Error(`answered by PDU type ${type}`);
    return readCommandSet(readDataValues(body)[0]!.bytes);
  }

  send(contextId: number, isCommand: boolean, bytes: Buffer, longest = 16_384): void {
    for (const pdu of dataPdus({ contextId, isCommand, bytes }, longest)) this.socket.write(pdu);
  }

  command(contextId: number, command: Partial<CommandSet>): void {
    this.messageId += 1;
    this.send(contextId, true, encodeCommandSet({ messageId: this.messageId, dataSetType: NO_DATA_SET, ...command }));
  }

  async echo(contextId: number): Promise<number | undefined> {
    this.command(contextId, { commandField: commandFields.echoRq, affectedSopClassUid: '1.2.840.10008.1.1' });
    return (await this.response()).status;
  }

  /** C-STORE without waiting for its answer. */
  beginStore(contextId: number, sopClassUid: string, sopInstanceUid: string, dataSet: Buffer): void {
    this.command(contextId, {
      commandField: commandFields.storeRq,
      priority: 0,
      dataSetType: 0,
      affectedSopClassUid: sopClassUid,
      affectedSopInstanceUid: sopInstanceUid,
    });
    this.send(contextId, false, dataSet);
  }

  async store(contextId: number, sopClassUid: string, sopInstanceUid: string, dataSet: Buffer): Promise<number> {
    this.beginStore(contextId, sopClassUid, sopInstanceUid, dataSet);
    return (await this.response()).status ?? -1;
  }

  /** N-ACTION of Storage Commitment; its status. `change` makes it wrong. */
  async askCommitment(
    contextId: number,
    transactionUid: string,
    instances: readonly NamedInstance[],
    change: Partial<CommandSet> & { dataSet?: Buffer } = {},
  ): Promise<number | undefined> {
    const named = instances.map(
      ({ sopClassUid, sopInstanceUid }): SmallDataSet =>
        new Map([
          [0x00081150, sopClassUid],
          [0x00081155, sopInstanceUid],
        ]),
    );
    const asked: SmallDataSet = new Map<number, SmallValue>([
      [0x00081195, transactionUid],
      [0x00081199, named],
    ]);
    const { dataSet = encodeDataSet(asked, EXPLICIT_LITTLE_ENDIAN), ...command } = change;
    this.command(contextId, {
      commandField: commandFields.actionRq,
      dataSetType: 0,
      requestedSopClassUid: COMMITMENT,
      requestedSopInstanceUid: COMMITMENT_INSTANCE,
      actionTypeId: 1,
      ...command,
    });
    this.send(contextId, false, dataSet);
    return (await this.response()).status;
  }

  /** The N-EVENT-REPORT that comes on this association, answered by `status`. */
  async report(status = 0): Promise<Report> {
    const { contextId, report, messageId } = await readReport(() => this.next());
    const answer = { commandField: commandFields.eventReportRsp, messageIdBeingRespondedTo: messageId, status };
    this.send(contextId, true, encodeCommandSet({ ...answer, dataSetType: NO_DATA_SET }));
    return report;
  }

  async release(): Promise<void> {
    this.socket.write(encodePdu(pduTypes.releaseRq, Buffer.alloc(4)));
    const { type } = await this.next();
    if (type !== pduTypes.releaseRp) throw new Error(`released by PDU type ${type}`);
    this.socket.destroy();
  }
}

/** The data set of a Part 10 file, behind its meta group. */
export function dataSetOf(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file);
  return bytes.subarray(144 + bytes.readUInt32LE(140));
}

export interface Report {
  eventTypeId: number | undefined;
  transactionUid: string | undefined;
  committed: (string | undefined)[];
  failed: [string | undefined, number | undefined][];
}

async function readReport(next: () => Promise<Pdu>) {
  let command: CommandSet | null = null;
  const data: Buffer[] = [];
  for (;;) {
    const { type, body } = await next();
    if (type !== pduTypes.data) throw new Error(`PDU type ${type} instead of a report`);
    for (const { contextId, isCommand, isLast, bytes } of readDataValues(body)) {
      if (isCommand) command = readCommandSet(bytes);
      else data.push(bytes);
      if (isCommand || !isLast) continue;
      const dataSet = parseDataSet(Buffer.concat(data), EXPLICIT_LITTLE_ENDIAN);
      const items = (tag: string) => (dataSet.elements[tag]?.items ?? []).map((item) => item.dataSet);
      const report: Report = {
        eventTypeId: command?.eventTypeId,
        transactionUid: dataSet.string('x00081195'),
        committed: items('x00081199').map((item) => item?.string('x00081155')),
        failed: items('x00081198').map((item) => [item?.string('x00081155'), item?.uint16('x00081197')]),
      };
      return { contextId, messageId: command?.messageId ?? 0, report };
    }
  }
}

/** Where a modality takes reports: an SCP that is asked for associations by the gateway. */
export class TestModality {
  readonly reports: (Report & { calledTitle: string; asProvider: boolean })[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  /** What it answers to reports. */
  status = 0;

  constructor() {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      this.serve(socket).catch(() => socket.destroy());
    });
  }

  /** At a port, or at a free one. */
  async listen(port = 0): Promise<number> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  /** A port at which nothing listens now. */
  async freePort(): Promise<number> {
    const port = await this.listen();
    await this.close();
    return port;
  }

  private async serve(socket: Socket): Promise<void> {
    const pdus = readPdus(socket as AsyncIterable<Buffer>);
    const next = async () => (await pdus.next()).value as Pdu;
    const { body } = await next();
    const { contexts, calledTitle } = readAssociateRequest(body);
    const accepted = contexts.map(({ id }) => ({ id, result: 0 as const, transferSyntax: EXPLICIT_LITTLE_ENDIAN }));
    // SCP/SCU Role Selection: its sender is SCP, not SCU.
    const role = Buffer.concat([Buffer.from(COMMITMENT, 'latin1'), Buffer.from([0, 1])]);
    const asProvider = body.includes(role);
    socket.write(encodeAssociateAccept(body, accepted));
    const { contextId, messageId, report } = await readReport(next);
    this.reports.push({ ...report, calledTitle, asProvider });
    const answer = { commandField: commandFields.eventReportRsp, messageIdBeingRespondedTo: messageId };
    const bytes = encodeCommandSet({ ...answer, status: this.status, dataSetType: NO_DATA_SET });
    for (const pdu of dataPdus({ contextId, isCommand: true, bytes }, 16_384)) socket.write(pdu);
    await next();
    socket.end(releaseRp);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
