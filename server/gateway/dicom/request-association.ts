import { once } from 'node:events';
import { connect } from 'node:net';
import { encodeProviderRequest, readProviderAccept } from './associate.ts';
import { encodeCommandSet, readCommandSet, type CommandSet } from './command-set.ts';
import { encodeDataSet, EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN, type SmallDataSet } from './data-set.ts';
import { dataPdus, encodePdu, PduError, pduTypes, readDataValues, readPdus, type Pdu } from './pdu.ts';

export interface Delivery {
  host: string;
  port: number;
  calledTitle: string;
  callingTitle: string;
  abstractSyntax: string;
  command: Partial<CommandSet>;
  dataSet: SmallDataSet;
  timeoutMs: number;
}

const LONGEST_COMMAND = 64 * 1024;

/**
 * Opens an association as SCP of one class, sends one message and answers the status of its response; then releases.
 * Throws where the other side cannot be reached, refuses, breaks the protocol or takes too long.
 */
export async function deliverByAssociation(delivery: Delivery): Promise<number> {
  const { host, port, timeoutMs } = delivery;
  const socket = connect({ host, port, noDelay: true });
  const timer = setTimeout(() => socket.destroy(new Error('the modality takes too long')), timeoutMs);
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect');
    const pdus = readPdus(socket as AsyncIterable<Buffer>);
    const next = async (type: number): Promise<Pdu> => {
      const { value, done } = await pdus.next();
      if (done === true) throw new Error('the modality closed the line');
      if (value.type !== type) throw new PduError(2, `the modality answered by PDU type ${value.type}`);
      return value;
    };
    const { calledTitle, callingTitle, abstractSyntax } = delivery;
    const transferSyntaxes = [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN];
    socket.write(encodeProviderRequest({ calledTitle, callingTitle, abstractSyntax, transferSyntaxes }));
    const { transferSyntax, longestDataPdu } = readProviderAccept((await next(pduTypes.associateAc)).body);
    if (transferSyntax === null) throw new Error('the modality does not take the class');
    const command = encodeCommandSet({ ...delivery.command, messageId: 1, dataSetType: 0 });
    const parts = [
      { isCommand: true, bytes: command },
      { isCommand: false, bytes: encodeDataSet(delivery.dataSet, transferSyntax) },
    ];
    for (const part of parts) for (const pdu of dataPdus({ contextId: 1, ...part }, longestDataPdu)) socket.write(pdu);
    const status = await statusOf(() => next(pduTypes.data));
    socket.write(encodePdu(pduTypes.releaseRq, Buffer.alloc(4)));
    await next(pduTypes.releaseRp).catch(() => undefined);
    return status;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function statusOf(nextData: () => Promise<Pdu>): Promise<number> {
  const command: Buffer[] = [];
  let bytes = 0;
  for (;;)
    for (const value of readDataValues((await nextData()).body)) {
      if (!value.isCommand) continue;
      bytes += value.bytes.length;
      if (bytes > LONGEST_COMMAND) throw new PduError(6, 'the command set is too long');
      command.push(Buffer.from(value.bytes));
      if (value.isLast) return readCommandSet(Buffer.concat(command)).status ?? -1;
    }
}
