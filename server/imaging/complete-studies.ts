import type { Hub } from '../platform/context.ts';
import { newId } from '../platform/store/store.ts';
import type { JsonAttribute } from './dicom-json.ts';
import { instanceRecord, type InstanceFields } from './instance-record.ts';
import { listForReaders } from './list-for-readers.ts';
import { fuzzyWordsOf, spellingsOf } from './person-names.ts';
import { seriesSearchFacts, studySearchFacts } from './search-facts.ts';
import { seriesRecord } from './series-record.ts';
import { readersOf } from './study-readers.ts';
import { SEARCH_FORM, studyRecord, type StudyFields } from './study-record.ts';

const AT_ONCE = 100;

/** Gives studies that were stored before they could be searched what QIDO-RS needs. Runs when the hub starts. */
export async function completeStudies(hub: Pick<Hub, 'store' | 'log'>): Promise<void> {
  const studies = hub.store.model(studyRecord);
  for (;;) {
    // Mongoose knows the field as a number; null is what records of older forms answer.
    const older = await studies
      .find({ $or: [{ searchForm: null }, { searchForm: { $lt: SEARCH_FORM } }] } as object)
      .limit(AT_ONCE)
      .lean();
    if (older.length === 0) return;
    hub.log.info({ studies: older.length }, 'studies of an older form are made ready for searching');
    for (const study of older) await complete(study, hub);
  }
}

async function complete(study: StudyFields, { store }: Pick<Hub, 'store'>): Promise<void> {
  const instances = await store.model(instanceRecord).find({ studyId: study._id }).sort({ receivedAt: 1 }).lean();
  const heads = new Map<string, { first: InstanceFields; count: number }>();
  for (const instance of instances) {
    const known = heads.get(instance.seriesInstanceUid);
    if (known === undefined) heads.set(instance.seriesInstanceUid, { first: instance, count: 1 });
    else known.count += 1;
  }
  const jsonOf = ({ metadataJson }: InstanceFields) => JSON.parse(metadataJson) as Record<string, JsonAttribute>;
  for (const [seriesInstanceUid, { first, count }] of heads) {
    const found = { studyId: study._id, seriesInstanceUid };
    const fields = {
      studyInstanceUid: study.studyInstanceUid,
      modality: first.modality,
      description: first.seriesDescription,
      seriesNumber: first.seriesNumber,
      ...seriesSearchFacts(jsonOf(first)),
      instanceCount: count,
    };
    const { matchedCount } = await store.model(seriesRecord).updateOne(found, { $set: fields });
    if (matchedCount === 0) await store.model(seriesRecord).create([{ _id: newId(), ...found, ...fields }]);
  }
  const readers = readersOf(study.audience);
  await listForReaders(study, readers, { store });
  const [head] = instances;
  const facts = head === undefined ? null : studySearchFacts(jsonOf(head));
  await store.model(studyRecord).updateOne(
    { _id: study._id },
    {
      $set: {
        readers,
        ...facts,
        nameSpellings: spellingsOf(facts?.patientName ?? ''),
        nameWords: fuzzyWordsOf(facts?.patientName ?? ''),
        modalities: [...new Set([...heads.values()].map(({ first }) => first.modality))],
        seriesCount: heads.size,
        instanceCount: instances.length,
        searchForm: SEARCH_FORM,
      },
    },
  );
}
