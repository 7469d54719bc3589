/**
 * Names as they are searched (PS3.4 C.2.2.2 and PS3.5 6.2): a PN holds an alphabetic, an ideographic and a phonetic
 * spelling, each of up to five components.
 */
const MAX_NAME_LENGTH = 200;
const MAX_TOKENS = 40;

/** Case, width and accents fold away; what keeps words apart becomes a blank. */
const fold = (text: string): string =>
  text
    .slice(0, MAX_NAME_LENGTH)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase();

/** One spelling for exact and wildcard matching; a caret between components counts as a blank. */
export const spellingOf = (group: string): string =>
  fold(group)
    .replace(/[\s^]+/g, ' ')
    .trim();

/** Every spelling of a name, for exact and wildcard matching. */
export const spellingsOf = (name: string): string[] => [
  ...new Set(
    name
      .split('=')
      .map(spellingOf)
      .filter((spelling) => spelling !== ''),
  ),
];

const wordsOf = (text: string): string[] =>
  fold(text)
    .split(/[\s^=,.·•*?\\/]+/u)
    .filter((word) => word !== '');

const isIdeographic = (text: string) => /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3ffff}]/u.test(text);

/**
 * The words under which a name is found when fuzzy matching is asked for, each by its beginning: its components, a
 * spelling written without gaps, and in Chinese every later part of it, so that 小明 finds 王小明.
 */
export function fuzzyWordsOf(name: string): string[] {
  const found = new Set<string>();
  for (const group of name.split('=')) {
    const words = wordsOf(group);
    words.forEach((word) => found.add(word));
    const whole = words.join('');
    if (whole !== '') found.add(whole);
    if (words.length > 1) found.add([...words].reverse().join(''));
    if (isIdeographic(whole)) {
      const characters = [...whole];
      for (let start = 1; start < Math.min(characters.length, 12); start += 1)
        found.add(characters.slice(start).join(''));
    }
  }
  return [...found].slice(0, MAX_TOKENS);
}

/** The words of a fuzzy question; each must begin one of a name's words. */
export const fuzzyQuestion = (question: string): string[] => [...new Set(wordsOf(question))].slice(0, 8);
