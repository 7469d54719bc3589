import { HubError } from '../platform/errors.ts';
import { fuzzyQuestion, spellingOf } from './person-names.ts';
import type { SearchAttribute } from './search-attributes.ts';

/** One condition on a record's field; an empty one holds for everything. */
export type Condition = Record<string, unknown>;

const MAX_UIDS = 1000;
const MAX_TEXT_LENGTH = 256;
const escaped = (text: string) => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

/**
 * A wildcard pattern (PS3.4 C.2.2.2.4: `*` any text, `?` one character) as an expression that cannot run away: each
 * piece between two asterisks is looked for once and then held, so that the time is that of one reading.
 */
export function wildcardExpression(pattern: string): string {
  const pieces = pattern
    .split(/\*+/)
    .map((piece) => [...piece].map((character) => (character === '?' ? '[\\s\\S]' : escaped(character))).join(''));
  if (pieces.length === 1) return `^${pieces[0]!}$`;
  const [first, ...rest] = pieces;
  const last = rest.pop()!;
  const held = rest.filter((piece) => piece !== '').map((piece, index) => `(?=([\\s\\S]*?${piece}))\\${index + 1}`);
  return `^${first!}${held.join('')}${last === '' ? '' : `[\\s\\S]*${last}$`}`;
}

const hasWildcard = (value: string) => /[*?]/.test(value);

/** Text as it stands, or with wildcards. */
function textCondition(field: string, value: string, options = ''): Condition {
  const text = value.slice(0, MAX_TEXT_LENGTH);
  if (!hasWildcard(text) && options === '') return { [field]: text };
  return { [field]: { $regex: wildcardExpression(text), ...(options !== '' && { $options: options }) } };
}

/** A list of UIDs, by comma or backslash; what is no UID matches nothing. */
function uidCondition(field: string, value: string): Condition {
  const uids = value.split(/[,\\]/).map((uid) => uid.trim());
  if (uids.length > MAX_UIDS) throw new HubError('too-large', { limit: MAX_UIDS });
  const sound = uids.filter((uid) => /^[\d.]{1,64}$/.test(uid));
  return sound.length === 1 ? { [field]: sound[0] } : { [field]: { $in: sound } };
}

/** Matching of a date: one day, or a range with one or both ends (PS3.4 C.2.2.2.5). */
function dateCondition(field: string, value: string): Condition {
  const day = (text: string): string => {
    const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text.trim());
    if (match === null) throw new HubError('malformed', { field });
    return `${match[1]}-${match[2]}-${match[3]}`;
  };
  const range = /^(\d{8})?-(\d{8})?$/.exec(value.trim());
  if (range === null) return { [field]: day(value) };
  const [, from, to] = range;
  if (from === undefined && to === undefined) throw new HubError('malformed', { field });
  return { [field]: { ...(from !== undefined && { $gte: day(from) }), ...(to !== undefined && { $lte: day(to) }) } };
}

/** Times are compared as far as both are stated: 1015 means the whole minute. */
function timeCondition(field: string, value: string): Condition {
  const plain = value.replaceAll(':', '').trim();
  const time = /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/;
  const [from, to, more] = plain.includes('-') ? plain.split('-') : [plain, plain];
  if (more !== undefined || (from === '' && to === '')) throw new HubError('malformed', { field });
  for (const end of [from, to]) if (end !== '' && !time.test(end!)) throw new HubError('malformed', { field });
  return { [field]: { ...(from !== '' && { $gte: from }), ...(to !== '' && { $lte: `${to}~` }) } };
}

/** A name asked for with several groups must match in each of them; one group may be any. */
function nameCondition(field: string, value: string): Condition {
  const groups = value
    .slice(0, MAX_TEXT_LENGTH)
    .split('=')
    .map((group) => (/[*?]$/.test(group) ? `${spellingOf(group.slice(0, -1))}${group.at(-1)!}` : spellingOf(group)))
    .filter((group) => !/^\**$/.test(group));
  if (groups.length === 0) return {};
  const conditions = groups.map((group) =>
    hasWildcard(group) ? { [field]: { $regex: wildcardExpression(group) } } : { [field]: group },
  );
  return conditions.length === 1 ? conditions[0]! : { $and: conditions };
}

/** Fuzzy: every word of the question begins a word of the name, in any order and any group. */
function fuzzyCondition(value: string): Condition {
  const words = fuzzyQuestion(value.slice(0, MAX_TEXT_LENGTH));
  if (words.length === 0) return {};
  const conditions = words.map((word) => ({ nameWords: { $regex: `^${escaped(word)}` } }));
  return conditions.length === 1 ? conditions[0]! : { $and: conditions };
}

/** @throws HubError `malformed` or `too-large`. */
export function conditionOf({ kind, field }: SearchAttribute, value: string, fuzzy: boolean): Condition {
  switch (kind) {
    case 'uid':
      return uidCondition(field, value);
    case 'date':
      return dateCondition(field, value);
    case 'time':
      return timeCondition(field, value);
    case 'integer':
      if (!/^-?\d{1,9}$/.test(value.trim())) throw new HubError('malformed', { field });
      return { [field]: Number(value) };
    case 'list': {
      const values = value.split(/[,\\]/).slice(0, 50);
      if (values.length === 1) return textCondition(field, value);
      return { $or: values.map((one) => textCondition(field, one)) };
    }
    case 'patient-name':
      return fuzzy ? fuzzyCondition(value) : nameCondition(field, value);
    case 'name':
      return textCondition(field, fuzzy ? `*${value}*` : value, 'i');
    case 'text':
      return textCondition(field, value);
  }
}
