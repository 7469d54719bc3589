const canonicalNames: ReadonlyMap<string, string> = new Map(
  [
    'I',
    'II',
    'III',
    'aVR',
    'aVL',
    'aVF',
    ...['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'V8', 'V9'],
    ...['V3R', 'V4R', 'V7R'],
  ].map((name) => [name.toUpperCase(), name]),
);

/**
 * Lead numbers of EN 1064 (SCP-ECG) 5.6.3, which ISO/IEEE 11073-10101 partition 2 took over (DICOM CID 3001 cites both).
 * Only those that cardiographs write; any other number is named after itself.
 */
const namesByCode: ReadonlyMap<number, string> = new Map([
  [1, 'I'],
  [2, 'II'],
  [3, 'V1'],
  [4, 'V2'],
  [5, 'V3'],
  [6, 'V4'],
  [7, 'V5'],
  [8, 'V6'],
  [9, 'V7'],
  [10, 'V2R'],
  [11, 'V3R'],
  [12, 'V4R'],
  [13, 'V5R'],
  [14, 'V6R'],
  [15, 'V7R'],
  [16, 'X'],
  [17, 'Y'],
  [18, 'Z'],
  [19, 'CC5'],
  [20, 'CM5'],
  [21, 'LA'],
  [22, 'RA'],
  [23, 'LL'],
  [61, 'III'],
  [62, 'aVR'],
  [63, 'aVL'],
  [64, 'aVF'],
  [65, '-aVR'],
  [66, 'V8'],
  [67, 'V9'],
  [68, 'V8R'],
  [69, 'V9R'],
]);

/** The lead's name for a lead number of SCP-ECG or of 11073 partition 2; undefined where we know none. */
export function leadNameFromCode(code: number): string | undefined {
  return namesByCode.get(code);
}

/** The lead number for one of our names, as SCP-ECG and 11073 number it; undefined for any other name. */
export function leadCodeFromName(name: string): number | undefined {
  for (const [code, known] of namesByCode) if (known === name) return code;
  return undefined;
}

/**
 * The name of a standard lead meant by a label such as "Lead I (Einthoven)", "MDC_ECG_LEAD_AVR" or "aVL, augmented
 * voltage, left"; undefined when the label means none of them.
 */
export function standardLeadFromLabel(label: string): string | undefined {
  const bare = label
    .replace(/^MDC_ECG_LEAD_/i, '')
    .replace(/^\s*(ecg\s+)?lead[\s_:]*/i, '')
    .replace(/[(,;].*$/s, '')
    .replace(/[\s_]+/g, '')
    .toUpperCase();
  return canonicalNames.get(bare);
}
