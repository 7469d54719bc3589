/** What a warning of the decoders means to a reader; the words are in the interface's languages. */
export const warningKinds = [
  'no-patient',
  'no-time',
  'checksum',
  'lead-off',
  'uncalibrated',
  'assumed-calibration',
  'not-ecg',
  'left-out',
  'leads-missing',
  'timing',
  'twice',
  'text',
  'paper-spacing',
  'device-note',
  'joined',
  'derived',
  'filling',
  'unusual',
  'counts',
] as const;
export type WarningKind = (typeof warningKinds)[number];

// In this order: a line that fits two is of the first.
const patterns: readonly [RegExp, WarningKind][] = [
  [/^The device says|^ISHNE: the recorder notes|^Comment in the header|more comments/, 'device-note'],
  [/names no patient/, 'no-patient'],
  [/names no time of acquisition/, 'no-time'],
  [/checksum/, 'checksum'],
  [/reports the lead off/, 'lead-off'],
  [/shown as if/, 'assumed-calibration'],
  [/calibrat|no resolution|in volts/, 'uncalibrated'],
  [/no voltage/, 'not-ecg'],
  [/joined by lines/, 'joined'],
  [/put together/, 'derived'],
  [/probably the device's filling/, 'filling'],
  [/one spacing of lines/, 'paper-spacing'],
  [/character|text/i, 'text'],
  [/stands twice|occurs twice/, 'twice'],
  [/ms after|skew|LeadOffsetFirstSample|signaloffset/, 'timing'],
  [
    /: without |leads are stated|NumberofLeads|channel definitions|is not beside the header|not of one length/,
    'leads-missing',
  ],
  [
    /samples? .*(?:missing|stated|holds?|declared|length)|states \d|header states|says it has|stated, it has|overflowed|odd number of bytes|matrix of|have .* together|the file holds|data record|data hold|behind the last/,
    'counts',
  ],
  [/left out|are not read/, 'left-out'],
  [/SOP class|not known here|no standard name|labelled as an ECG|no rhythm waveform/, 'unusual'],
];

/** Null for a line that no kind fits: it is shown as it stands. */
export function warningKind(line: string): WarningKind | null {
  return patterns.find(([pattern]) => pattern.test(line))?.[1] ?? null;
}
