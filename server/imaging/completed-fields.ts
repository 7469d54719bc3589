import { fuzzyWordsOf, spellingsOf } from './person-names.ts';
import type { InstanceFacts } from './read-instance-job.ts';
import type { StudyFields } from './study-record.ts';

/**
 * What a study's later instances say that its earlier ones left out; empty where there is nothing to add. What stands
 * already stays: the attributes of patient and study are the same in all instances of a study (PS3.3, C.7.1 and C.7.2),
 * and where a device breaks that rule, what people have seen and searched by does not change under them.
 */
export function completedFields(study: Readonly<StudyFields>, later: readonly InstanceFacts[]): Partial<StudyFields> {
  const complete: Partial<StudyFields> = {};
  const now = { ...study };
  const add = (fields: Partial<StudyFields>) => {
    Object.assign(complete, fields);
    Object.assign(now, fields);
  };
  for (const { study: facts, studyDescription, studyDate } of later) {
    if (now.studyDate === null && studyDate !== null) add({ studyDate });
    for (const [name, value] of Object.entries(facts) as [keyof typeof facts, string | null][])
      if (!now[name] && value) add({ [name]: value });
    if (now.description === null && studyDescription !== null) add({ description: studyDescription });
    const headJson = completedJson(now.headJson, facts.headJson);
    if (headJson !== now.headJson) add({ headJson });
  }
  if (complete.patientName !== undefined)
    add({ nameSpellings: spellingsOf(complete.patientName), nameWords: fuzzyWordsOf(complete.patientName) });
  return complete;
}

type Json = Record<string, { Value?: unknown[] }>;

/** DICOM JSON with the attributes that it lacks, or has without a value, from another one. */
function completedJson(known: string, later: string): string {
  if (known === later) return known;
  const json = JSON.parse(known) as Json;
  let changed = false;
  for (const [tag, attribute] of Object.entries(JSON.parse(later) as Json)) {
    if (json[tag]?.Value !== undefined || (json[tag] !== undefined && attribute.Value === undefined)) continue;
    json[tag] = attribute;
    changed = true;
  }
  return changed ? JSON.stringify(json) : known;
}
