import { decide } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { instanceRecord, type InstanceFields } from './instance-record.ts';
import { newestFor } from './list-for-readers.ts';
import type { SearchAttribute } from './search-attributes.ts';
import { conditionOf, type Condition } from './search-match.ts';
import type { SearchQuery } from './search-query.ts';
import { seriesRecord, type SeriesFields } from './series-record.ts';
import { readerWordsOf } from './study-readers.ts';
import { studyRecord, type StudyFields } from './study-record.ts';

/** Studies that a search below the level of studies looks into, newest first; it says when there were more. */
const STUDIES_LOOKED_INTO = 500;
/** Studies of one name or UID that are looked at; beyond them a question is no question. */
const MOST_CANDIDATES = 5000;
const DAY_MS = 86_400_000;
/** A question without a date is first put to the last month, then to the last year: that is what is mostly meant. */
const WINDOWS_DAYS = [31, 366];

export interface Found<Row> {
  rows: Row[];
  /** There are more than the limit lets through. */
  more: boolean;
}

/** Its metadata only where they were asked for. */
export type FoundInstance = Omit<InstanceFields, 'frameTableJson' | 'metadataJson'> & { metadataJson?: string };

/** Where a search is confined to by its address. */
export interface SearchScope {
  /** The record of the study, permitted already. */
  studyId?: string | undefined;
  seriesInstanceUid?: string | undefined;
}

const STUDY_DATE = '00080020';
/** Patient ID and Accession Number, each with an index among what a reader sees: few studies have one. */
const NUMBERS = new Set(['00100020', '00080050']);
const newestFirst = { studyDate: -1, _id: -1 } as const;

const conditionsOf = (query: SearchQuery, level: SearchAttribute['level']): Condition[] =>
  query.matches
    .filter(({ attribute }) => attribute.level === level)
    .map(({ attribute, value }) => conditionOf(attribute, value, query.fuzzy))
    .filter((condition) => Object.keys(condition).length > 0);

const both = (conditions: readonly Condition[]): Condition => (conditions.length === 0 ? {} : { $and: conditions });

/** Studies that the actor may see, newest first. */
export async function searchStudies(
  query: SearchQuery,
  page: { limit: number; offset: number },
  context: ActionContext,
): Promise<Found<StudyFields>> {
  const conditions = conditionsOf(query, 'study');
  const readable = ({ audience }: StudyFields) => decide(context.actor, 'imaging:read', audience) === 'allow';
  const studies = context.store.model(studyRecord);
  // An index of names or UIDs finds few studies, whosesoever they are; the actor's are taken out of these.
  if (query.matches.some(({ attribute, value }) => findsByIndex(attribute, value, query.fuzzy))) {
    const found = await studies.find(both(conditions)).limit(MOST_CANDIDATES).lean();
    const rows = found.filter(readable).sort(byNewest);
    return cut(rows.slice(page.offset), page.limit);
  }
  const words = readerWordsOf(context.actor);
  if (words.length === 0) return { rows: [], more: false };
  const wanted = page.offset + page.limit + 1;
  if (query.matches.every(({ attribute }) => attribute.tag === STUDY_DATE)) {
    const ids = await newestFor(words, both(conditions), wanted, context);
    const found = await studies.find({ _id: { $in: ids.slice(page.offset) } }).lean();
    return cut(found.filter(readable).sort(byNewest), page.limit);
  }
  const readers = { readers: words.length === 1 ? words[0] : { $in: words } };
  const read = (further: Condition[]) =>
    studies
      .find(both([readers, ...conditions, ...further]))
      .sort(newestFirst)
      .limit(wanted)
      .lean();
  const dated = query.matches.some(({ attribute }) => attribute.tag === STUDY_DATE);
  const numbered = query.matches.some(({ attribute, value }) => NUMBERS.has(attribute.tag) && !/[*?]/.test(value));
  for (const days of dated || numbered ? [] : WINDOWS_DAYS) {
    const from = new Date(context.clock.now().getTime() - days * DAY_MS).toISOString().slice(0, 10);
    const found = await read([{ studyDate: { $gte: from } }]);
    if (found.length === wanted) return cut(found.filter(readable).slice(page.offset), page.limit);
  }
  return cut((await read([])).filter(readable).slice(page.offset), page.limit);
}

/** Whether a condition leads to few studies by an index of its own. */
function findsByIndex({ kind }: SearchAttribute, value: string, fuzzy: boolean): boolean {
  if (kind === 'uid') return true;
  return kind === 'patient-name' && (fuzzy || !/^[*?]/.test(value));
}

const byNewest = (a: StudyFields, b: StudyFields) =>
  (b.studyDate ?? '').localeCompare(a.studyDate ?? '') || (a._id < b._id ? 1 : -1);

const cut = <Row>(rows: Row[], limit: number): Found<Row> => ({
  rows: rows.slice(0, limit),
  more: rows.length > limit,
});

/** The studies below which a search looks: the one of its address, those of its UIDs, or the newest that match. */
async function studiesBelow(
  query: SearchQuery,
  { studyId }: SearchScope,
  context: ActionContext,
): Promise<Found<StudyFields>> {
  const studies = context.store.model(studyRecord);
  const conditions = conditionsOf(query, 'study');
  const ids = studyId !== undefined ? [studyId] : await studiesOfUids(query, context);
  if (ids === null) return searchStudies(query, { limit: STUDIES_LOOKED_INTO, offset: 0 }, context);
  const found = await studies.find(both([{ _id: { $in: ids } }, ...conditions])).lean();
  return {
    rows: found.filter(({ audience }) => decide(context.actor, 'imaging:read', audience) === 'allow').sort(byNewest),
    more: false,
  };
}

/** Ids of the studies that hold the series or instances whose UIDs are asked for; null where none are. */
async function studiesOfUids(query: SearchQuery, { store }: ActionContext): Promise<string[] | null> {
  const uids = (tag: string) =>
    query.matches
      .filter(({ attribute }) => attribute.tag === tag)
      .map(({ attribute, value }) => conditionOf(attribute, value, false))[0];
  const ofInstance = uids('00080018');
  const ofSeries = uids('0020000E');
  const condition = ofInstance ?? ofSeries;
  if (condition === undefined) return null;
  const found: { studyId: string }[] =
    ofInstance !== undefined
      ? await store.model(instanceRecord).find(condition, { studyId: 1 }).limit(MOST_CANDIDATES).lean()
      : await store.model(seriesRecord).find(condition, { studyId: 1 }).limit(MOST_CANDIDATES).lean();
  return [...new Set(found.map(({ studyId }) => studyId))];
}

/** Series within the studies that the actor may see, in the order of their numbers, study by study. */
export async function searchSeries(
  query: SearchQuery,
  scope: SearchScope,
  page: { limit: number; offset: number },
  context: ActionContext,
): Promise<Found<{ series: SeriesFields; study: StudyFields }>> {
  const below = await studiesBelow(query, scope, context);
  const studies = new Map(below.rows.map((study) => [study._id, study]));
  if (studies.size === 0) return { rows: [], more: false };
  const found = await context.store
    .model(seriesRecord)
    .find(both([{ studyId: { $in: [...studies.keys()] } }, ...conditionsOf(query, 'series')]))
    .lean();
  const order = new Map([...studies.keys()].map((id, index) => [id, index]));
  found.sort(
    (a, b) =>
      order.get(a.studyId)! - order.get(b.studyId)! ||
      (a.seriesNumber ?? -1) - (b.seriesNumber ?? -1) ||
      a.seriesInstanceUid.localeCompare(b.seriesInstanceUid),
  );
  const rows = found.map((series) => ({ series, study: studies.get(series.studyId)! }));
  const page_ = cut(rows.slice(page.offset), page.limit);
  return { rows: page_.rows, more: page_.more || below.more };
}

/** Instances within the studies that the actor may see, in reading order. `metadata`: with their DICOM JSON. */
export async function searchInstances(
  query: SearchQuery,
  scope: SearchScope,
  page: { limit: number; offset: number; metadata: boolean },
  context: ActionContext,
): Promise<Found<{ instance: FoundInstance; study: StudyFields; series: SeriesFields | null }>> {
  const below = await studiesBelow(query, scope, context);
  const studies = new Map(below.rows.map((study) => [study._id, study]));
  if (studies.size === 0) return { rows: [], more: false };
  const ofSeries = conditionsOf(query, 'series');
  const inStudies = { studyId: { $in: [...studies.keys()] } };
  const series = await context.store
    .model(seriesRecord)
    .find(
      both([
        inStudies,
        ...ofSeries,
        ...(scope.seriesInstanceUid === undefined ? [] : [{ seriesInstanceUid: scope.seriesInstanceUid }]),
      ]),
    )
    .limit(MOST_CANDIDATES)
    .lean();
  const seriesOf = new Map(series.map((one) => [`${one.studyId} ${one.seriesInstanceUid}`, one]));
  const confined = ofSeries.length > 0 || scope.seriesInstanceUid !== undefined;
  if (confined && series.length === 0) return { rows: [], more: false };
  const found = await context.store
    .model(instanceRecord)
    .find(
      both([
        inStudies,
        ...(confined ? [{ seriesInstanceUid: { $in: [...new Set(series.map((one) => one.seriesInstanceUid))] } }] : []),
        ...conditionsOf(query, 'instance'),
      ]),
      { frameTableJson: 0, ...(!page.metadata && { metadataJson: 0 }) },
    )
    .sort({ studyId: 1, seriesNumber: 1, seriesInstanceUid: 1, instanceNumber: 1, sopInstanceUid: 1 })
    .skip(page.offset)
    .limit(page.limit + 1)
    .lean();
  const rows = found.map((instance) => ({
    instance,
    study: studies.get(instance.studyId)!,
    series: seriesOf.get(`${instance.studyId} ${instance.seriesInstanceUid}`) ?? null,
  }));
  const page_ = cut(rows, page.limit);
  return { rows: page_.rows, more: page_.more || below.more };
}
