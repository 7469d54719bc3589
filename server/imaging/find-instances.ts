import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { addressedStudy } from './find-studies.ts';
import { instanceRecord, type InstanceFields } from './instance-record.ts';

/** What an address below a study names; Express gives each as text. */
export interface InstanceAddress {
  study?: string | string[] | undefined;
  series?: string | string[] | undefined;
  instance?: string | string[] | undefined;
}

const readingOrder = { seriesNumber: 1, seriesInstanceUid: 1, instanceNumber: 1, sopInstanceUid: 1 } as const;

/** The instances that a WADO-RS address names, within the study that the actor may see, in reading order. */
export async function instancesAt(address: InstanceAddress, context: ActionContext): Promise<InstanceFields[]> {
  const found = await context.store
    .model(instanceRecord)
    .find(await filterOf(address, context))
    .sort(readingOrder)
    .lean();
  if (found.length === 0) throw new HubError('not-found');
  return found;
}

async function filterOf({ study, series, instance }: InstanceAddress, context: ActionContext) {
  const subject = await addressedStudy(String(study), context);
  if (subject === null) throw new HubError('not-found');
  return {
    studyId: subject.id,
    ...(series !== undefined && { seriesInstanceUid: String(series) }),
    ...(instance !== undefined && { sopInstanceUid: String(instance) }),
  };
}

export type AddressedInstance = Omit<InstanceFields, 'metadataJson'>;

/** The one instance that an address names, without its metadata: for its pixels and bytes. */
export async function instanceAt(address: InstanceAddress, context: ActionContext): Promise<AddressedInstance> {
  const [instance] = await addressedInstances(address, context);
  return instance!;
}

/** Those that an address names, in reading order, without their metadata. Throws not-found where there is none. */
export async function addressedInstances(
  address: InstanceAddress,
  context: ActionContext,
): Promise<readonly AddressedInstance[]> {
  const { store } = context;
  const filter = await filterOf(address, context);
  const found = await store.recall({
    key: `instances ${JSON.stringify(filter)}`,
    of: [instanceRecord],
    find: () => store.model(instanceRecord).find(filter, { metadataJson: 0 }).sort(readingOrder).lean(),
    bytesOf: (instances) =>
      instances.reduce((sum, { frameTableJson }) => sum + USUAL_BYTES + 2 * (frameTableJson ?? '').length, 0),
  });
  if (found.length === 0) throw new HubError('not-found');
  return found;
}

/** Of a record without its metadata and its frame table. */
const USUAL_BYTES = 2048;
