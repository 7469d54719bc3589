export interface Texts {
  [key: string]: string | Texts;
}

/** Joins trees of texts; where two give the same key, the later one wins. */
export function deepMerge(...trees: Texts[]): Texts {
  const joined: Texts = {};
  for (const tree of trees) {
    for (const [key, value] of Object.entries(tree)) {
      const known = joined[key];
      joined[key] = typeof value === 'object' && typeof known === 'object' ? deepMerge(known, value) : value;
    }
  }
  return joined;
}
