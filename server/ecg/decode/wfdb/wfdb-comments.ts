import type { EcgFilePatient } from '../../../../shared/ecg/waveform.ts';
import type { WarningList } from '../decode-limits.ts';
import { decodeLimits } from '../decode-limits.ts';
import { isoDate } from '../iso-time.ts';

/** Comments that are shown to the reader; long headers go on for pages. */
const shownComments = 10;
const nothing = /^(unknown|n\/a|none|nan|-*)$/i;

export interface CommentFindings {
  patient: EcgFilePatient;
  statements: string[];
  /** YYYY-MM-DD */
  date: string | undefined;
}

function readAge(text: string, patient: EcgFilePatient): boolean {
  const age = Number(text);
  if (!(age > 0 && age < 150)) return false;
  patient.ageYears ??= Math.floor(age);
  return true;
}

function readSex(text: string, patient: EcgFilePatient): boolean {
  const sex = { m: 'male', male: 'male', f: 'female', female: 'female' }[text.toLowerCase()];
  if (sex !== 'male' && sex !== 'female') return false;
  patient.sex ??= sex;
  return true;
}

/** "Age: 63", "Sex: F" and "<age>: 69  <sex>: M ...": true when the comment says one of them. */
function readPerson(comment: string, patient: EcgFilePatient): boolean {
  const age = /(?:^|[\s<])age>?\s*[:=]\s*(\d{1,3}(?:\.\d+)?)\b/i.exec(comment);
  const sex = /(?:^|[\s<])(?:sex|gender)>?\s*[:=]\s*(male|female|[mf])\b/i.exec(comment);
  const aged = age !== null && readAge(age[1] ?? '', patient);
  const sexed = sex !== null && readSex(sex[1] ?? '', patient);
  return aged || sexed;
}

/** The MIT-BIH way: "69 M 1085 1629 x1" in the first comment is age, sex and tape marks. */
function readTapeLine(comment: string, patient: EcgFilePatient): boolean {
  const line = /^(\d{1,3})\s+([MF])(?:\s|$)/.exec(comment);
  return line !== null && readAge(line[1] ?? '', patient) && readSex(line[2] ?? '', patient);
}

/** A diagnosis is words, or codes of SNOMED CT as in the Challenge of 2020 and 2021. */
function diagnoses(text: string): string[] {
  const items = text.split(/\s*,\s*/);
  if (items.every((item) => /^\d{6,18}$/.test(item))) return items.map((item) => `SNOMED CT ${item}`);
  return nothing.test(text) ? [] : [text.slice(0, decodeLimits.textCharacters)];
}

/**
 * What a header's comments say: they are free text, of which some databases have made habits. The others are handed on
 * as warnings, for the reader to see.
 */
export function readComments(comments: readonly string[], warnings: WarningList): CommentFindings {
  const findings: CommentFindings = { patient: {}, statements: [], date: undefined };
  const others: string[] = [];
  comments.forEach((comment, index) => {
    if (index === 0 && readTapeLine(comment, findings.patient)) return;
    const diagnosis = /^<?(?:dx|diagnos[ei]s?)>?\s*[:=]\s*(.*)$/i.exec(comment);
    if (diagnosis) {
      for (const line of diagnoses(diagnosis[1] ?? '')) {
        if (findings.statements.length < decodeLimits.statements) findings.statements.push(line);
      }
      return;
    }
    const date = /^ECG date\s*:\s*(\d{1,2})\/(\d{1,2})\/(\d{4})$/i.exec(comment);
    if (date) {
      findings.date ??= isoDate(Number(date[3]), Number(date[2]), Number(date[1]));
      return;
    }
    if (readPerson(comment, findings.patient)) return;
    const value = /:\s*(.*)$/.exec(comment)?.[1] ?? comment;
    if (!nothing.test(value.trim())) others.push(comment);
  });
  for (const comment of others.slice(0, shownComments)) warnings.add(`Comment in the header: ${comment.slice(0, 250)}`);
  const more = others.length - shownComments;
  if (more > 0) warnings.add(`The header has ${more} more comments, which are not shown`);
  return findings;
}
