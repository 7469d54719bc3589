/** The attributes that QIDO-RS matches (PS3.18 tables 10.6.1-5 to 10.6.1-7), and some that clients ask for besides. */
export interface SearchAttribute {
  tag: string;
  keyword: string;
  level: 'study' | 'series' | 'instance';
  /** The field of the level's record. */
  field: string;
  kind: 'uid' | 'text' | 'name' | 'patient-name' | 'date' | 'time' | 'integer' | 'list';
}

const attribute = (
  level: SearchAttribute['level'],
  tag: string,
  keyword: string,
  field: string,
  kind: SearchAttribute['kind'],
): SearchAttribute => ({ tag, keyword, level, field, kind });

export const searchAttributes: readonly SearchAttribute[] = [
  attribute('study', '00080020', 'StudyDate', 'studyDate', 'date'),
  attribute('study', '00080030', 'StudyTime', 'studyTime', 'time'),
  attribute('study', '00080050', 'AccessionNumber', 'accessionNumber', 'text'),
  attribute('study', '00080061', 'ModalitiesInStudy', 'modalities', 'list'),
  attribute('study', '00080090', 'ReferringPhysicianName', 'referringPhysician', 'name'),
  attribute('study', '00081030', 'StudyDescription', 'description', 'text'),
  attribute('study', '00100010', 'PatientName', 'nameSpellings', 'patient-name'),
  attribute('study', '00100020', 'PatientID', 'patientNumber', 'text'),
  attribute('study', '00100030', 'PatientBirthDate', 'patientBirthDate', 'date'),
  attribute('study', '00100040', 'PatientSex', 'patientSex', 'text'),
  attribute('study', '0020000D', 'StudyInstanceUID', 'studyInstanceUid', 'uid'),
  attribute('study', '00200010', 'StudyID', 'studyNumber', 'text'),
  attribute('series', '00080060', 'Modality', 'modality', 'list'),
  attribute('series', '0008103E', 'SeriesDescription', 'description', 'text'),
  attribute('series', '0020000E', 'SeriesInstanceUID', 'seriesInstanceUid', 'uid'),
  attribute('series', '00200011', 'SeriesNumber', 'seriesNumber', 'integer'),
  attribute('series', '00400244', 'PerformedProcedureStepStartDate', 'performedDate', 'date'),
  attribute('series', '00400245', 'PerformedProcedureStepStartTime', 'performedTime', 'time'),
  attribute('series', '00400275.00400009', 'ScheduledProcedureStepID', 'scheduledStepIds', 'text'),
  attribute('series', '00400275.00401001', 'RequestedProcedureID', 'requestedProcedureIds', 'text'),
  attribute('instance', '00080016', 'SOPClassUID', 'sopClassUid', 'uid'),
  attribute('instance', '00080018', 'SOPInstanceUID', 'sopInstanceUid', 'uid'),
  attribute('instance', '00200013', 'InstanceNumber', 'instanceNumber', 'integer'),
];

/** What is returned without being asked for, by level, with its VR (PS3.18 tables 10.6.3-3 to 10.6.3-5). */
export const returnedTags = {
  study: {
    '00080005': 'CS',
    '00080020': 'DA',
    '00080030': 'TM',
    '00080050': 'SH',
    '00080090': 'PN',
    '00080201': 'SH',
    '00081030': 'LO',
    '00100010': 'PN',
    '00100020': 'LO',
    '00100030': 'DA',
    '00100040': 'CS',
    '0020000D': 'UI',
    '00200010': 'SH',
  },
  series: {
    '00080005': 'CS',
    '00080060': 'CS',
    '00080201': 'SH',
    '0008103E': 'LO',
    '0020000E': 'UI',
    '00200011': 'IS',
    '00400244': 'DA',
    '00400245': 'TM',
    '00400275': 'SQ',
  },
} as const satisfies Record<string, Record<string, string>>;

/** Of these the answer says nothing where the file says nothing. */
export const optionalTags = new Set(['00080201', '00080005', '00400244', '00400245', '00400275', '00081030']);

/** Keywords that includefield may name besides those above; any tag may be named by its number. */
const furtherKeywords: Record<string, string> = {
  PatientAge: '00101010',
  PatientSize: '00101020',
  PatientWeight: '00101030',
  OtherPatientIDs: '00101000',
  IssuerOfPatientID: '00100021',
  PatientComments: '00104000',
  SeriesDate: '00080021',
  SeriesTime: '00080031',
  AcquisitionDate: '00080022',
  AcquisitionTime: '00080032',
  ContentDate: '00080023',
  ContentTime: '00080033',
  ImageType: '00080008',
  Manufacturer: '00080070',
  ManufacturerModelName: '00081090',
  InstitutionName: '00080080',
  StationName: '00081010',
  InstanceAvailability: '00080056',
  RetrieveURL: '00081190',
  TimezoneOffsetFromUTC: '00080201',
  SpecificCharacterSet: '00080005',
  BodyPartExamined: '00180015',
  ProtocolName: '00181030',
  SliceThickness: '00180050',
  SliceLocation: '00201041',
  ImagePositionPatient: '00200032',
  ImageOrientationPatient: '00200037',
  FrameOfReferenceUID: '00200052',
  Laterality: '00200060',
  NumberOfStudyRelatedSeries: '00201206',
  NumberOfStudyRelatedInstances: '00201208',
  NumberOfSeriesRelatedInstances: '00201209',
  NumberOfFrames: '00280008',
  Rows: '00280010',
  Columns: '00280011',
  BitsAllocated: '00280100',
  PixelSpacing: '00280030',
  WindowCenter: '00281050',
  WindowWidth: '00281051',
  RequestAttributesSequence: '00400275',
  RequestedProcedureDescription: '00321060',
};

const byKeyword = new Map([
  ...Object.entries(furtherKeywords),
  ...searchAttributes.map(({ keyword, tag }) => [keyword, tag] as const),
]);

/** Eight hexadecimal digits, with a dot before what stands inside a sequence; null for what nobody knows. */
export function tagOf(name: string): string | null {
  const parts = name.split('.').map((part) => (/^[0-9a-f]{8}$/i.test(part) ? part.toUpperCase() : byKeyword.get(part)));
  const tags = parts.map((part) => part?.split('.').at(-1));
  return tags.length <= 3 && tags.every((tag) => tag !== undefined) ? tags.join('.') : null;
}
