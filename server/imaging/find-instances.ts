import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { studySubject } from './find-studies.ts';
import { instanceRecord, type InstanceFields } from './instance-record.ts';

/** What an address below a study names; Express gives each as text. */
export interface InstanceAddress {
  study?: string | string[] | undefined;
  series?: string | string[] | undefined;
  instance?: string | string[] | undefined;
}

const readingOrder = { seriesNumber: 1, seriesInstanceUid: 1, instanceNumber: 1, sopInstanceUid: 1 } as const;

/** The instances that a WADO-RS address names, within the study that the actor may see, in reading order. */
export async function instancesAt(
  { study, series, instance }: InstanceAddress,
  context: ActionContext,
): Promise<InstanceFields[]> {
  const subject = await studySubject(String(study), context);
  if (subject === null) throw new HubError('not-found');
  const found = await context.store
    .model(instanceRecord)
    .find({
      studyId: subject.id,
      ...(series !== undefined && { seriesInstanceUid: String(series) }),
      ...(instance !== undefined && { sopInstanceUid: String(instance) }),
    })
    .sort(readingOrder)
    .lean();
  if (found.length === 0) throw new HubError('not-found');
  return found;
}

/** The one instance that an address names. */
export async function instanceAt(address: InstanceAddress, context: ActionContext): Promise<InstanceFields> {
  const [instance] = await instancesAt(address, context);
  return instance!;
}
