import { commandFields, NO_DATA_SET, type CommandSet } from '../dicom/command-set.ts';
import { encodeDataSet } from '../dicom/data-set.ts';
import {
  COMMITMENT,
  COMMITMENT_INSTANCE,
  commitmentReport,
  readCommitmentRequest,
  REQUEST_COMMITMENT,
  type CommitmentRequest,
  type CommitmentResult,
} from './commitment-message.ts';
import type { Commitments } from './commitments.ts';

/** Sends one message whole; rejects where the line is gone. */
export type SendMessage = (contextId: number, command: Partial<CommandSet>, dataSet?: Buffer) => Promise<void>;

export interface CommitmentServer {
  /** An N-ACTION with its data set, which it answers. */
  action(command: CommandSet, context: { id: number; transferSyntax: string }, dataSet: Buffer): Promise<void>;
  /** The answer to a report. */
  reported(command: CommandSet): void;
  /** The association has ended. */
  end(): void;
}

/** How long a modality may think about a report. */
const REPORT_MS = 30_000;

/** PS3.7 annex C, PS3.4 table J.3-1. */
const status = {
  success: 0x0000,
  processingFailure: 0x0110,
  noSuchInstance: 0x0112,
  invalidArgument: 0x0115,
  noSuchAction: 0x0123,
  resourceLimitation: 0x0213,
};

/** The provider of Storage Commitment on one association: takes requests, and reports while it is open. */
export function serveCommitment(
  commitments: Commitments,
  peerTitle: () => string,
  send: SendMessage,
): CommitmentServer {
  const reports = new Map<number, (taken: boolean) => void>();
  let messageId = 0;
  let ended = false;

  async function report(
    { id, transferSyntax }: { id: number; transferSyntax: string },
    result: CommitmentResult,
  ): Promise<boolean> {
    if (ended) return false;
    const { eventTypeId, dataSet } = commitmentReport(result);
    messageId = (messageId % 0xffff) + 1;
    const own = messageId;
    const taken = new Promise<boolean>((resolve) => reports.set(own, resolve));
    const timer = setTimeout(() => reports.get(own)?.(false), REPORT_MS);
    try {
      const command = {
        commandField: commandFields.eventReportRq,
        messageId: own,
        dataSetType: 0,
        affectedSopClassUid: COMMITMENT,
        affectedSopInstanceUid: COMMITMENT_INSTANCE,
        eventTypeId,
      };
      await send(id, command, encodeDataSet(dataSet, transferSyntax));
      return await taken;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
      reports.delete(own);
    }
  }

  /** Durable before it is answered: the status, and the name of what was taken. */
  async function take(command: CommandSet, transferSyntax: string, bytes: Buffer) {
    if (command.requestedSopInstanceUid !== COMMITMENT_INSTANCE) return { status: status.noSuchInstance, id: null };
    if (command.actionTypeId !== REQUEST_COMMITMENT) return { status: status.noSuchAction, id: null };
    let request: CommitmentRequest;
    try {
      request = readCommitmentRequest(bytes, transferSyntax);
    } catch {
      return { status: status.invalidArgument, id: null };
    }
    try {
      const id = await commitments.take(request, peerTitle());
      return { status: id === null ? status.resourceLimitation : status.success, id };
    } catch {
      // The disk: the modality asks again.
      return { status: status.processingFailure, id: null };
    }
  }

  return {
    async action(command, context, bytes) {
      const taken = await take(command, context.transferSyntax, bytes);
      try {
        await send(context.id, {
          commandField: commandFields.actionRsp,
          messageIdBeingRespondedTo: command.messageId,
          dataSetType: NO_DATA_SET,
          affectedSopClassUid: COMMITMENT,
          affectedSopInstanceUid: command.requestedSopInstanceUid ?? COMMITMENT_INSTANCE,
          ...(command.actionTypeId !== undefined && { actionTypeId: command.actionTypeId }),
          status: taken.status,
        });
      } finally {
        if (taken.id !== null) commitments.answered(taken.id, ended ? null : (result) => report(context, result));
      }
    },
    reported({ messageIdBeingRespondedTo = 0, status: outcome }) {
      reports.get(messageIdBeingRespondedTo)?.(outcome === status.success);
    },
    end() {
      ended = true;
      for (const resolve of reports.values()) resolve(false);
    },
  };
}
