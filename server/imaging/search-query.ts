import { HubError } from '../platform/errors.ts';
import { searchAttributes, tagOf, type SearchAttribute } from './search-attributes.ts';

/** A search as its address states it (PS3.18, 10.6.1.2 and 8.3.4). */
export interface SearchQuery {
  matches: { attribute: SearchAttribute; value: string }[];
  /** Tags asked for besides those that are always returned; `all`: whatever there is. */
  include: ReadonlySet<string> | 'all';
  fuzzy: boolean;
  limit: number | null;
  offset: number;
  /** Names of parameters that were not understood; they change nothing. */
  ignored: string[];
}

const MAX_PARAMETERS = 64;
const MAX_VALUE_LENGTH = 20_000;
const MAX_INCLUDED = 200;

const whole = (name: string, value: string): number => {
  if (!/^\d{1,9}$/.test(value)) throw new HubError('malformed', { field: name });
  return Number(value);
};

/** @throws HubError `malformed` for what cannot be a search, `too-large` for one beyond any use. */
export function readSearchQuery(parameters: Record<string, unknown>): SearchQuery {
  const query: SearchQuery = { matches: [], include: new Set(), fuzzy: false, limit: null, offset: 0, ignored: [] };
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) throw new HubError('too-large', { limit: MAX_PARAMETERS });
  const include = new Set<string>();
  let all = false;
  for (const [name, given] of entries) {
    const values = (Array.isArray(given) ? given : [given]).filter((value) => typeof value === 'string');
    const value = values.join(',');
    if (value.length > MAX_VALUE_LENGTH) throw new HubError('too-large', { limit: MAX_VALUE_LENGTH });
    switch (name) {
      case 'limit':
        query.limit = whole(name, value);
        break;
      case 'offset':
        query.offset = whole(name, value);
        break;
      case 'fuzzymatching':
        if (value !== 'true' && value !== 'false') throw new HubError('malformed', { field: name });
        query.fuzzy = value === 'true';
        break;
      case 'includefield':
        for (const field of value.split(',').slice(0, MAX_INCLUDED)) {
          const tag = tagOf(field.trim());
          if (field.trim() === 'all') all = true;
          else if (tag !== null) include.add(tag);
          else if (field !== '') query.ignored.push(field.slice(0, 64));
        }
        break;
      case 'accept':
      case 'charset':
        break;
      default: {
        const tag = tagOf(name);
        const attribute = searchAttributes.find((known) => known.tag === tag);
        if (attribute === undefined) {
          // An attribute that is known, but not matched on, is at least returned, as an empty key would ask.
          if (tag !== null) include.add(tag);
          if (tag === null || value !== '') query.ignored.push(name.slice(0, 64));
          break;
        }
        // Universal matching: an empty value or a lone asterisk.
        if (!/^\**$/.test(value)) query.matches.push({ attribute, value });
        else include.add(attribute.tag);
      }
    }
  }
  query.include = all ? 'all' : include;
  return query;
}
