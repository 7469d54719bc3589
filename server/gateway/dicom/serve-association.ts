import type { Socket } from 'node:net';
import { COMMITMENT } from '../commitment/commitment-message.ts';
import type { Commitments } from '../commitment/commitments.ts';
import { serveCommitment } from '../commitment/serve-commitment.ts';
import { SpoolFull, type Spool, type SpoolWriter } from '../spool/spool.ts';
import { APPLICATION_CONTEXT, encodeAssociateAccept, readAssociateRequest } from './associate.ts';
import { chooseContext, isStorage } from './choose-contexts.ts';
import { commandFields, encodeCommandSet, NO_DATA_SET, readCommandSet, type CommandSet } from './command-set.ts';
import { isWaveform, part10Head } from './part-10-head.ts';
import {
  abortPdu,
  dataPdus,
  LONGEST_DATA_PDU,
  PduError,
  pduTypes,
  readDataValues,
  readPdus,
  rejectPdu,
  releaseRp,
  type DataValue,
} from './pdu.ts';

export interface AssociationOptions {
  spool: Spool;
  log: (message: string, fields?: Record<string, string | number>) => void;
  /** The ARTIM timer (PS3.8, 9.1.5), and how long an association may be silent. */
  artimMs: number;
  silenceMs: number;
  commitments: Commitments;
}

/** The hub takes no larger instance. */
const LONGEST_INSTANCE = 512 * 1024 * 1024;
const LONGEST_COMMAND = 64 * 1024;
/** 20 000 instances with their classes. */
const LONGEST_ACTION = 4 * 1024 * 1024;
/** Leading zeros are against PS3.5 annex B and come from modalities all the same; the hub decides. */
const UID = /^\d+(\.\d+)+$/;

/** DIMSE statuses, PS3.7 annex C and PS3.4 table B.2-1. */
const status = {
  success: 0x0000,
  outOfResources: 0xa700,
  cannotUnderstand: 0xc000,
  classNotSupported: 0x0122,
  invalidInstance: 0x0117,
  unrecognizedOperation: 0x0211,
  resourceLimitation: 0x0213,
};

interface Context {
  abstractSyntax: string;
  transferSyntax: string;
}

/**
 * A message whose data set is arriving: a C-STORE with its `writer`, an N-ACTION that is `collected`, or neither, where
 * the rest is passed over.
 */
interface Store {
  command: CommandSet;
  contextId: number;
  writer: SpoolWriter | null;
  collected: Buffer[] | null;
  /** Null: it is a response, and gets none. */
  failure: number | null;
  bytes: number;
}

/**
 * Serves one association of a modality, as an SCP of Verification and Storage, until it is released, aborted or cut.
 * An instance is acknowledged once it is durable in the spool, and not otherwise. Never throws.
 */
export async function serveAssociation(socket: Socket, options: AssociationOptions): Promise<void> {
  const { spool, log } = options;
  const peer = socket.remoteAddress ?? '';
  const contexts = new Map<number, Context>();
  let associated = false;
  let callingTitle = '';
  let longestPeerPdu = 0;
  let command: Buffer[] = [];
  let commandBytes = 0;
  let commandContext = 0;
  let store: Store | null = null;
  let stored = 0;
  /** One message at a time: a report may fall between two responses, not into one. */
  let sending: Promise<void> = Promise.resolve();
  const commitment = serveCommitment(options.commitments, () => callingTitle, sendMessage);

  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.setTimeout(options.silenceMs, () => socket.destroy());
  const artim = setTimeout(() => socket.destroy(), options.artimMs);
  const send = (bytes: Buffer) =>
    new Promise<void>((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));

  try {
    for await (const { type, body } of readPdus(socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)) {
      if (type === pduTypes.abort) return log('association aborted by its sender', { peer, callingTitle, stored });
      if (!associated) {
        if (type !== pduTypes.associateRq) throw new PduError(2, 'nothing was associated yet');
        if (!(await associate(body))) return;
        continue;
      }
      if (type === pduTypes.releaseRq) {
        if (store !== null || commandBytes > 0) throw new PduError(2, 'released in the middle of a message');
        await send(releaseRp);
        return log('association released', { peer, callingTitle, stored });
      }
      if (type !== pduTypes.data) throw new PduError(2, `PDU type ${type} has no place here`);
      for (const value of readDataValues(body)) await (value.isCommand ? takeCommand(value) : takeData(value));
    }
    log('association cut', { peer, callingTitle, stored });
  } catch (thrown) {
    const broken = thrown instanceof PduError;
    log(broken ? 'association aborted: protocol' : 'association cut', {
      ...{ peer, callingTitle, stored },
      reason: (thrown as Error).message,
    });
    if (!socket.destroyed) await send(abortPdu(2, broken ? thrown.reason : 0)).catch(() => undefined);
  } finally {
    clearTimeout(artim);
    commitment.end();
    await (store as Store | null)?.writer?.abandon();
    // What the other side still has under way would otherwise turn our last word into a reset.
    socket.end();
    setTimeout(() => socket.destroy(), 1000).unref();
    socket.resume();
  }

  async function associate(body: Buffer): Promise<boolean> {
    const request = readAssociateRequest(body);
    clearTimeout(artim);
    callingTitle = request.callingTitle;
    longestPeerPdu = request.longestDataPdu;
    const reject = async (source: 1 | 2, reason: number) => {
      log('association rejected', { peer, callingTitle, reason });
      await send(rejectPdu(1, source, reason));
      return false;
    };
    if ((request.protocolVersion & 1) === 0) return reject(2, 2);
    if (request.applicationContext !== APPLICATION_CONTEXT) return reject(1, 2);
    const answers = request.contexts.map(chooseContext);
    for (const [i, { id, result, transferSyntax }] of answers.entries())
      if (result === 0) contexts.set(id, { abstractSyntax: request.contexts[i]!.abstractSyntax, transferSyntax });
    associated = true;
    await send(encodeAssociateAccept(body, answers));
    log('association accepted', { peer, callingTitle, calledTitle: request.calledTitle, contexts: contexts.size });
    return true;
  }

  function contextOf(id: number): Context {
    const context = contexts.get(id);
    if (context === undefined) throw new PduError(6, `presentation context ${id} was not accepted`);
    return context;
  }

  async function takeCommand({ contextId, isLast, bytes }: DataValue): Promise<void> {
    contextOf(contextId);
    if (store !== null) throw new PduError(2, 'a command came instead of the data set');
    if (commandBytes > 0 && commandContext !== contextId) throw new PduError(6, 'a command changed its context');
    commandContext = contextId;
    commandBytes += bytes.length;
    if (commandBytes > LONGEST_COMMAND) throw new PduError(6, 'the command set is too long');
    // Of the PDU's buffer nothing may be kept beyond it.
    command.push(Buffer.from(bytes));
    if (!isLast) return;
    const parsed = readCommandSet(Buffer.concat(command));
    command = [];
    commandBytes = 0;
    await begin(parsed, contextId);
  }

  async function begin(parsed: CommandSet, contextId: number): Promise<void> {
    const hasDataSet = parsed.dataSetType !== NO_DATA_SET;
    const message: Store = { command: parsed, contextId, writer: null, collected: null, failure: null, bytes: 0 };
    switch (parsed.commandField) {
      case commandFields.echoRq:
        return answer(status.success);
      case commandFields.cancelRq:
        return;
      case commandFields.storeRq:
        if (!hasDataSet) return respond(parsed, contextId, status.cannotUnderstand);
        store = { ...message, failure: status.success };
        return openStore(store);
      case commandFields.actionRq:
        if (contextOf(contextId).abstractSyntax !== COMMITMENT) return answer(status.classNotSupported);
        if (!hasDataSet) return answer(status.cannotUnderstand);
        store = { ...message, collected: [], failure: status.success };
        return;
      case commandFields.eventReportRsp:
        commitment.reported(parsed);
        if (hasDataSet) store = message;
        return;
      default:
        log('an operation that is not offered was asked for', { callingTitle, operation: parsed.commandField });
        return answer(status.unrecognizedOperation);
    }
    async function answer(outcome: number) {
      if (hasDataSet) store = { ...message, failure: outcome };
      else await respond(parsed, contextId, outcome);
    }
  }

  async function openStore(opening: Store): Promise<void> {
    const { affectedSopClassUid: sopClassUid = '', affectedSopInstanceUid: sopInstanceUid = '' } = opening.command;
    const { abstractSyntax, transferSyntax } = contextOf(opening.contextId);
    if (sopClassUid !== abstractSyntax || !isStorage(sopClassUid)) opening.failure = status.classNotSupported;
    else if (sopInstanceUid.length > 64 || !UID.test(sopInstanceUid)) opening.failure = status.invalidInstance;
    if (opening.failure !== status.success) return;
    await guard(opening, async () => {
      opening.writer = await spool.begin({
        kind: isWaveform(sopClassUid) ? 'ecg' : 'dicom',
        name: `${sopInstanceUid}.dcm`,
        source: `DICOM ${callingTitle}`,
        instance: { sopClassUid, sopInstanceUid },
      });
      await opening.writer.write(part10Head({ sopClassUid, sopInstanceUid, transferSyntaxUid: transferSyntax }));
    });
  }

  async function takeData({ contextId, isLast, bytes }: DataValue): Promise<void> {
    if (store === null || store.contextId !== contextId) throw new PduError(2, 'a data set came without its command');
    const current: Store = store;
    current.bytes += bytes.length;
    if (current.bytes > LONGEST_INSTANCE) await fail(current, status.outOfResources);
    if (current.collected !== null && current.bytes > LONGEST_ACTION) {
      current.collected = null;
      await fail(current, status.resourceLimitation);
    }
    // Of the PDU's buffer nothing may be kept beyond it.
    current.collected?.push(Buffer.from(bytes));
    if (current.writer !== null) await guard(current, () => current.writer!.write(bytes));
    if (!isLast) return;
    if (current.bytes === 0 && current.failure === status.success) await fail(current, status.cannotUnderstand);
    if (current.writer !== null)
      await guard(current, async () => {
        await current.writer!.commit();
        current.writer = null;
        stored += 1;
      });
    store = null;
    if (current.collected !== null && current.failure === status.success) {
      const { transferSyntax } = contextOf(contextId);
      return commitment.action(current.command, { id: contextId, transferSyntax }, Buffer.concat(current.collected));
    }
    if (current.failure !== null) await respond(current.command, contextId, current.failure);
  }

  async function fail(failing: Store, failure: number): Promise<void> {
    failing.failure = failure;
    const { writer } = failing;
    failing.writer = null;
    await writer?.abandon();
  }

  /** What the disk refuses is told to the modality, which keeps the instance and sends it again. */
  async function guard(guarded: Store, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      log(thrown instanceof SpoolFull ? 'the spool is full' : 'the spool cannot be written', {
        reason: (thrown as Error).message,
      });
      await fail(guarded, status.outOfResources);
    }
  }

  async function respond(request: CommandSet, contextId: number, outcome: number): Promise<void> {
    const { affectedSopClassUid, affectedSopInstanceUid } = request;
    await sendMessage(contextId, {
      ...(affectedSopClassUid !== undefined && { affectedSopClassUid }),
      commandField: request.commandField | 0x8000,
      messageIdBeingRespondedTo: request.messageId,
      dataSetType: NO_DATA_SET,
      status: outcome,
      ...(request.commandField === commandFields.storeRq &&
        affectedSopInstanceUid !== undefined && { affectedSopInstanceUid }),
    });
  }

  function sendMessage(contextId: number, command: Partial<CommandSet>, dataSet?: Buffer): Promise<void> {
    const longest = longestPeerPdu === 0 ? LONGEST_DATA_PDU : longestPeerPdu;
    const sent = sending.then(async () => {
      const parts = [{ isCommand: true, bytes: encodeCommandSet(command) }];
      if (dataSet !== undefined) parts.push({ isCommand: false, bytes: dataSet });
      for (const part of parts) for (const pdu of dataPdus({ contextId, ...part }, longest)) await send(pdu);
    });
    sending = sent.catch(() => undefined);
    return sent;
  }
}
