/**
 * The one form in which every ECG travels through Lianzhen, whatever file it came from.
 * Amplitudes are microvolts, rates are hertz, times are milliseconds unless a name says otherwise.
 */
export const ecgFormats = [
  'dicom',
  'scp-ecg',
  'hl7-aecg',
  'muse-xml',
  'philips-xml',
  'mfer',
  'edf',
  'ishne',
  'wfdb',
  // A photograph, scan or PDF of paper: a picture, no leads.
  'paper-image',
] as const;
export type EcgFormat = (typeof ecgFormats)[number];

export const ecgGroupLabels = ['rhythm', 'median', 'annotated-beats', 'other'] as const;
export type EcgGroupLabel = (typeof ecgGroupLabels)[number];

/** One lead: `samples[i]` is the potential at i / sampleRateHz seconds after the group's start; null where the file holds none. */
export interface EcgLead {
  name: string;
  sampleRateHz: number;
  unit: 'uV';
  samples: (number | null)[];
}

export interface EcgGroup {
  label: EcgGroupLabel;
  leads: EcgLead[];
  /** When the group starts after the recording, in milliseconds, where the file gives its groups different starts. */
  startMs?: number | undefined;
}

/** The person that the file itself names: may differ from the patient of the case. Dates are YYYY-MM-DD. */
export interface EcgFilePatient {
  id?: string;
  name?: string;
  sex?: 'male' | 'female' | 'other';
  birthDate?: string;
  ageYears?: number;
}

/** The cardiograph's own values, always shown as unconfirmed. */
export interface EcgMeasurements {
  heartRatePerMinute?: number;
  rrIntervalMs?: number;
  pDurationMs?: number;
  prIntervalMs?: number;
  qrsDurationMs?: number;
  qtIntervalMs?: number;
  qtcIntervalMs?: number;
  pAxisDegrees?: number;
  qrsAxisDegrees?: number;
  tAxisDegrees?: number;
}

export interface EcgDocument {
  format: EcgFormat;
  patient?: EcgFilePatient;
  /** ISO 8601; without an offset where the file states none. */
  acquiredAt?: string;
  device?: { manufacturer?: string; model?: string; serialNumber?: string; softwareVersion?: string };
  groups: EcgGroup[];
  measurements?: EcgMeasurements;
  statements?: string[];
  /** What is odd in the file but was read all the same, one plain English line each. */
  warnings: string[];
}

export const standardLeads = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;
