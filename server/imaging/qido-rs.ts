import type { Request, Response } from 'express';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { dicomJsonText, withBulkDataAddresses, type JsonAttribute } from './dicom-json.ts';
import { addressedStudy } from './find-studies.ts';
import { optionalTags, returnedTags } from './search-attributes.ts';
import { readSearchQuery, type SearchQuery } from './search-query.ts';
import {
  searchInstances,
  searchSeries,
  searchStudies,
  type FoundInstance,
  type SearchScope,
} from './search-studies.ts';
import type { SeriesFields } from './series-record.ts';
import { instanceUrl, serviceUrl } from './dicom-web-address.ts';
import type { StudyFields } from './study-record.ts';

/** How many rows a search answers unless it asks for fewer, and at most. */
const LIMITS = {
  studies: { preset: 200, most: 1000 },
  series: { preset: 1000, most: 5000 },
  instances: { preset: 5000, most: 10_000 },
} as const;

type Json = Record<string, JsonAttribute>;
type Send = (response: Response) => void;

/** Search transaction (PS3.18, 10.6): 200 with an array, empty where nothing matches (CP-2473). */
export async function searchForStudies(request: Request, context: ActionContext): Promise<Send> {
  const query = readSearchQuery(request.query);
  const found = await searchStudies(query, pageOf(query, 'studies'), context);
  const service = serviceUrl(request, context);
  return answer(
    query,
    found.more,
    found.rows.map((study) => dicomJsonText(studyJson(study, query, service))),
  );
}

export async function searchForSeries(request: Request, context: ActionContext): Promise<Send> {
  const query = readSearchQuery(request.query);
  const scope = await scopeOf(request, context);
  const found = await searchSeries(query, scope, pageOf(query, 'series'), context);
  const service = serviceUrl(request, context);
  const rows = found.rows.map(({ series, study }) => ({
    // Searched across studies, a series says which study it is of (PS3.18, 10.6.3.3).
    ...(scope.studyId === undefined && studyJson(study, query, service)),
    ...seriesJson(series, query, service),
  }));
  return answer(
    query,
    found.more,
    rows.map((row) => dicomJsonText(row)),
  );
}

export async function searchForInstances(request: Request, context: ActionContext): Promise<Send> {
  const query = readSearchQuery(request.query);
  const scope = await scopeOf(request, context);
  const metadata = query.include === 'all' || [...query.include].some((tag) => !ofRecord.has(tag));
  const found = await searchInstances(query, scope, { ...pageOf(query, 'instances'), metadata }, context);
  const service = serviceUrl(request, context);
  const rows = found.rows.map(({ instance, study, series }) => {
    const json = {
      ...(scope.studyId === undefined && studyJson(study, query, service)),
      ...(scope.seriesInstanceUid === undefined && series !== null && seriesJson(series, query, service)),
      ...(metadata && included(JSON.parse(instance.metadataJson ?? '{}') as Json, query)),
      ...instanceJson(instance, service),
    };
    return withBulkDataAddresses(dicomJsonText(json), instanceUrl(service, instance));
  });
  return answer(query, found.more, rows);
}

async function scopeOf(request: Request, context: ActionContext): Promise<SearchScope> {
  const { study, series } = request.params;
  if (study === undefined) return {};
  const subject = await addressedStudy(String(study), context);
  if (subject === null) throw new HubError('not-found');
  return { studyId: subject.id, ...(series !== undefined && { seriesInstanceUid: String(series) }) };
}

function pageOf(query: SearchQuery, level: keyof typeof LIMITS) {
  const { preset, most } = LIMITS[level];
  return { limit: Math.min(query.limit ?? preset, most), offset: query.offset };
}

function answer(query: SearchQuery, more: boolean, rows: readonly string[]): Send {
  const warnings = [
    ...(query.ignored.length > 0 ? [`not supported and left out: ${query.ignored.join(' ')}`] : []),
    // Whoever asked for so many knows; whoever did not is told (PS3.18, 8.3.4.4).
    ...(more && query.limit === null ? ['there are more results; ask with limit and offset'] : []),
  ];
  const body = `[${rows.join(',')}]`;
  return (response) => {
    if (warnings.length > 0)
      response.setHeader(
        'Warning',
        warnings.map((text) => `299 lianzhen "${text.replace(/[^\x20-\x7e]|["\\]/g, '?')}"`).join(', '),
      );
    response.type('application/dicom+json').send(body);
  };
}

/** Of kept DICOM JSON what was asked for besides what is always returned. */
function included(json: Json, { include }: SearchQuery): Json {
  if (include === 'all') return json;
  return Object.fromEntries(Object.entries(json).filter(([tag]) => include.has(tag)));
}

/** What is always returned: from the kept JSON, or empty where a client counts on it. */
function returned(json: Json, level: keyof typeof returnedTags): Json {
  const result: Json = {};
  for (const [tag, vr] of Object.entries(returnedTags[level])) {
    const value = json[tag];
    if (value !== undefined) result[tag] = value;
    else if (!optionalTags.has(tag)) result[tag] = { vr };
  }
  return result;
}

function studyJson(study: StudyFields, query: SearchQuery, service: string): Json {
  const head = JSON.parse(study.headJson) as Json;
  return {
    ...included(head, query),
    ...returned(head, 'study'),
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
    '00080061': { vr: 'CS', Value: study.modalities },
    '00081190': { vr: 'UR', Value: [`${service}/studies/${study.studyInstanceUid}`] },
    '0020000D': { vr: 'UI', Value: [study.studyInstanceUid] },
    '00201206': { vr: 'IS', Value: [study.seriesCount] },
    '00201208': { vr: 'IS', Value: [study.instanceCount] },
  };
}

function seriesJson(series: SeriesFields, query: SearchQuery, service: string): Json {
  const head = JSON.parse(series.headJson) as Json;
  const { studyInstanceUid, seriesInstanceUid } = series;
  return {
    ...included(head, query),
    ...returned(head, 'series'),
    '00081190': { vr: 'UR', Value: [`${service}/studies/${studyInstanceUid}/series/${seriesInstanceUid}`] },
    '0020000D': { vr: 'UI', Value: [studyInstanceUid] },
    '0020000E': { vr: 'UI', Value: [seriesInstanceUid] },
    '00201209': { vr: 'IS', Value: [series.instanceCount] },
  };
}

/** Tags that an instance's record answers without its metadata. */
const ofRecord = new Set(
  '00080005 00080016 00080018 00080056 00081190 0020000D 0020000E 00200013 00280008 00280010 00280011 00280100 00083002'.split(
    ' ',
  ),
);

function instanceJson(instance: FoundInstance, service: string): Json {
  const number = (tag: string, vr: string, value: number | null): Json =>
    value === null ? {} : { [tag]: { vr, Value: [value] } };
  return {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080016': { vr: 'UI', Value: [instance.sopClassUid] },
    '00080018': { vr: 'UI', Value: [instance.sopInstanceUid] },
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
    '00081190': { vr: 'UR', Value: [instanceUrl(service, instance)] },
    '00083002': { vr: 'UI', Value: [instance.transferSyntaxUid] },
    '0020000D': { vr: 'UI', Value: [instance.studyInstanceUid] },
    '0020000E': { vr: 'UI', Value: [instance.seriesInstanceUid] },
    ...(instance.instanceNumber === null
      ? { '00200013': { vr: 'IS' } }
      : number('00200013', 'IS', instance.instanceNumber)),
    ...(instance.numberOfFrames > 1 && number('00280008', 'IS', instance.numberOfFrames)),
    ...number('00280010', 'US', instance.rows),
    ...number('00280011', 'US', instance.columns),
    ...number('00280100', 'US', instance.bitsAllocated),
  };
}
