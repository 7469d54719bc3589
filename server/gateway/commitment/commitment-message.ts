import type { SmallDataSet } from '../dicom/data-set.ts';
import { parseDataSet } from '../dicom/data-set.ts';

/** Storage Commitment Push Model, PS3.4 annex J. */
export const COMMITMENT = '1.2.840.10008.1.20.1';
/** The one instance of the class that there is (J.3.5). */
export const COMMITMENT_INSTANCE = '1.2.840.10008.1.20.1.1';
export const REQUEST_COMMITMENT = 1;

export interface NamedInstance {
  sopClassUid: string;
  sopInstanceUid: string;
}

export interface CommitmentRequest {
  transactionUid: string;
  instances: NamedInstance[];
}

/** Failure Reason (0008,1197), PS3.3 C.14.1.1. */
export const failureReasons = {
  processingFailure: 0x0110,
  noSuchInstance: 0x0112,
  classInstanceConflict: 0x0119,
} as const;

export interface CommitmentResult {
  transactionUid: string;
  committed: NamedInstance[];
  failed: (NamedInstance & { reason: number })[];
}

const tags = {
  transactionUid: 0x00081195,
  sopClassUid: 0x00081150,
  sopInstanceUid: 0x00081155,
  referenced: 0x00081199,
  failed: 0x00081198,
  reason: 0x00081197,
};
const UID = /^[0-9.]{1,64}$/;
/** A CT of a whole body has some thousands. */
export const MOST_INSTANCES = 20_000;

/** The data set of N-ACTION (table J.3-1). Throws where it asks for nothing that can be understood. */
export function readCommitmentRequest(bytes: Buffer, transferSyntax: string): CommitmentRequest {
  const dataSet = parseDataSet(bytes, transferSyntax);
  const uid = (text: string | undefined) => {
    const value = text?.replace(/[\0 ]+$/, '') ?? '';
    if (!UID.test(value)) throw new Error('a UID is missing');
    return value;
  };
  const items = dataSet.elements['x00081199']?.items ?? [];
  if (items.length === 0 || items.length > MOST_INSTANCES) throw new Error('it names no instances, or too many');
  return {
    transactionUid: uid(dataSet.string('x00081195')),
    instances: items.map(({ dataSet: item }) => ({
      sopClassUid: uid(item?.string('x00081150')),
      sopInstanceUid: uid(item?.string('x00081155')),
    })),
  };
}

/** Event Type ID and data set of N-EVENT-REPORT (table J.3-2). */
export function commitmentReport(result: CommitmentResult): { eventTypeId: 1 | 2; dataSet: SmallDataSet } {
  const { transactionUid, committed, failed } = result;
  const named = ({ sopClassUid, sopInstanceUid }: NamedInstance): SmallDataSet =>
    new Map([
      [tags.sopClassUid, sopClassUid],
      [tags.sopInstanceUid, sopInstanceUid],
    ]);
  const dataSet: SmallDataSet = new Map([[tags.transactionUid, transactionUid]]);
  if (committed.length > 0) dataSet.set(tags.referenced, committed.map(named));
  if (failed.length > 0)
    dataSet.set(
      tags.failed,
      failed.map((one) => named(one).set(tags.reason, one.reason)),
    );
  return { eventTypeId: failed.length === 0 ? 1 : 2, dataSet };
}
