import type { JsonAttribute } from './dicom-json.ts';

/** What QIDO-RS matches and returns of a study, kept on its record (PS3.18 tables 10.6.1-5 and 10.6.3-3). */
export interface StudySearchFacts {
  /** Patient's Name with all its groups, `Zhao^Er=赵^二`; empty where there is none. */
  patientName: string;
  /** Patient ID (0010,0020), as the sender numbers people. */
  patientNumber: string | null;
  patientBirthDate: string | null;
  patientSex: string | null;
  /** HHMMSS, and fractions as far as stated. */
  studyTime: string | null;
  accessionNumber: string | null;
  studyNumber: string | null;
  referringPhysician: string | null;
  /** The patient's and the study's attributes as DICOM JSON. */
  headJson: string;
}

export interface SeriesSearchFacts {
  /** YYYY-MM-DD */
  performedDate: string | null;
  performedTime: string | null;
  scheduledStepIds: string[];
  requestedProcedureIds: string[];
  headJson: string;
}

type Json = Record<string, JsonAttribute>;

const studyTags = new Set(
  (
    '00080005 00080020 00080030 00080050 00080090 00080201 00081030 00081032 00081048 00081060 00081080 00081110 ' +
    '0020000D 00200010 00321032 00321060 00324000'
  ).split(' '),
);
const seriesTags = new Set(
  (
    '00080021 00080031 00080060 00080070 00080080 00080081 00080201 00081010 00081040 0008103E 0008103F 00081050 ' +
    '00081070 00081090 00180015 00181030 00185100 0020000E 00200011 00200052 00200060 00400244 00400245 00400250 ' +
    '00400251 00400253 00400254 00400275'
  ).split(' '),
);

const pick = (json: Json, wanted: (tag: string) => boolean) =>
  Object.fromEntries(Object.entries(json).filter(([tag, { BulkDataURI }]) => BulkDataURI === undefined && wanted(tag)));

function text(json: Json, tag: string): string | null {
  const value = json[tag]?.Value?.[0];
  if (typeof value === 'string' || typeof value === 'number') return String(value).trim() || null;
  return null;
}

/** All groups of a PN attribute, joined as they stand in a file. */
function personName(json: Json, tag: string): string | null {
  const value = json[tag]?.Value?.[0] as { Alphabetic?: string; Ideographic?: string; Phonetic?: string } | null;
  if (typeof value !== 'object' || value === null) return null;
  const groups = [value.Alphabetic ?? '', value.Ideographic ?? '', value.Phonetic ?? ''];
  return groups.join('=').replace(/=+$/, '') || null;
}

/** YYYYMMDD as YYYY-MM-DD; null for anything else. */
export function isoDate(value: string | null): string | null {
  const match = /^(\d{4})[.]?(\d{2})[.]?(\d{2})$/.exec(value?.trim() ?? '');
  if (match === null) return null;
  const date = `${match[1]}-${match[2]}-${match[3]}`;
  return Number.isNaN(Date.parse(date)) ? null : date;
}

/** HH, HHMM, HHMMSS or HHMMSS.F (PS3.5, TM), filled up to seconds; colons of older files are left out. */
function time(value: string | null): string | null {
  const plain = value?.replaceAll(':', '') ?? '';
  return /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/.test(plain) ? plain.padEnd(6, '0') : null;
}

/** Of an instance's DICOM JSON, what its study is found and shown by. */
export function studySearchFacts(json: Json): StudySearchFacts {
  return {
    patientName: personName(json, '00100010') ?? '',
    patientNumber: text(json, '00100020'),
    patientBirthDate: isoDate(text(json, '00100030')),
    patientSex: text(json, '00100040'),
    studyTime: time(text(json, '00080030')),
    accessionNumber: text(json, '00080050'),
    studyNumber: text(json, '00200010'),
    referringPhysician: personName(json, '00080090'),
    headJson: JSON.stringify(pick(json, (tag) => studyTags.has(tag) || tag.startsWith('0010'))),
  };
}

/** Of an instance's DICOM JSON, what its series is found and shown by. */
export function seriesSearchFacts(json: Json): SeriesSearchFacts {
  const requests = (json['00400275']?.Value ?? []) as Json[];
  const ids = (tag: string) => requests.map((item) => text(item, tag)).filter((id) => id !== null);
  return {
    performedDate: isoDate(text(json, '00400244')),
    performedTime: time(text(json, '00400245')),
    scheduledStepIds: ids('00400009'),
    requestedProcedureIds: ids('00401001'),
    headJson: JSON.stringify(pick(json, (tag) => seriesTags.has(tag))),
  };
}
