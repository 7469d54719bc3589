/**
 * The closed list of refusals, with the HTTP status that each becomes (RFC 9110, RFC 9457). The wording that a
 * person reads stands in client/locales under `errors.<code>`; the English line here is for logs and machines.
 */
export const errorCatalogue = {
  malformed: { status: 400, message: 'The request cannot be read.' },
  invalid: { status: 422, message: 'A field has a value that is not allowed.' },
  unauthenticated: { status: 401, message: 'Sign in first.' },
  'wrong-credentials': { status: 401, message: 'User name or password is wrong.' },
  'session-replaced': { status: 409, message: 'Another person has signed in within this browser.' },
  forbidden: { status: 403, message: 'This account may not do that.' },
  'foreign-origin': { status: 403, message: 'The request comes from another web site.' },
  'not-found': { status: 404, message: 'There is no such record.' },
  conflict: { status: 409, message: 'The record is in another state.' },
  'version-conflict': { status: 409, message: 'Somebody else changed the record meanwhile.' },
  'key-reused': { status: 409, message: 'The idempotency key was used for another request.' },
  'too-large': { status: 413, message: 'The upload is larger than allowed.' },
  'not-acceptable': { status: 406, message: 'This content cannot be given in a form that was asked for.' },
  'upload-busy': { status: 423, message: 'The upload is being written to by another request.' },
  'offset-conflict': { status: 409, message: 'The upload stands at another offset.' },
  'checksum-mismatch': { status: 460, message: 'The bytes that arrived are not the bytes that were sent.' },
  'tus-version': { status: 412, message: 'This version of the upload protocol is not spoken here.' },
  'unsupported-media': { status: 415, message: 'This kind of content is not accepted here.' },
  'too-many-requests': { status: 429, message: 'Too many attempts; wait a little.' },
  'storage-full': { status: 507, message: 'The disk of the hub is full.' },
  unavailable: { status: 503, message: 'A part of the hub is not ready.' },
  internal: { status: 500, message: 'Something went wrong in the hub.' },
  'identity-number-invalid': { status: 422, message: 'The identity number is not valid.' },
  'no-agreement': { status: 409, message: 'No lead hospital serves this organisation.' },
  'alarm-already-accepted': { status: 409, message: 'The alarm was accepted already.' },
  'alarm-withdrawn': { status: 409, message: 'The alarm was withdrawn.' },
  'consult-closed': { status: 409, message: 'The consult is closed.' },
  'reading-claimed': { status: 409, message: 'Somebody else is reading this.' },
  'critical-value-open': { status: 409, message: 'A critical value has not been read back yet.' },
  'critical-value-received': { status: 409, message: 'Somebody else has received the critical value.' },
  'file-empty': { status: 422, message: 'The file is empty.' },
  'not-an-ecg': { status: 422, message: 'The file is not an ECG that can be read here.' },
  'ecg-damaged': { status: 422, message: 'The ECG file is damaged.' },
  'paper-no-grid': { status: 422, message: 'No ECG grid was found in the picture.' },
  'paper-too-blurred': { status: 422, message: 'The picture of the ECG paper is blurred.' },
  'paper-too-small': { status: 422, message: 'The ECG paper is too small in the picture.' },
  'paper-too-skewed': { status: 422, message: 'The ECG paper was photographed too much from the side.' },
  'paper-glare': { status: 422, message: 'Light is reflected by the ECG paper.' },
  'pdf-locked': { status: 422, message: 'The PDF is protected or runs programs.' },
  'not-dicom': { status: 422, message: 'The file is not DICOM.' },
  'dicom-damaged': { status: 422, message: 'The DICOM file is damaged.' },
  'instance-conflict': { status: 409, message: 'An instance with this UID and other content is stored.' },
  'parse-timeout': { status: 422, message: 'Reading the file took too long.' },
  'patient-mismatch': { status: 409, message: 'The file names another patient and was not confirmed.' },
  'licence-invalid': { status: 403, message: 'No valid licence for this signature.' },
  'same-signer': { status: 409, message: 'One person cannot sign both as reporter and as reviewer.' },
  'report-final': { status: 409, message: 'The report is final and cannot be changed.' },
  'report-empty': { status: 422, message: 'The report has no impression.' },
  'room-full': { status: 409, message: 'The consult room is full.' },
  'call-unavailable': { status: 503, message: 'Video is not available at the moment.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** Why a picture of ECG paper cannot be read, in the words of what to do better. */
export const paperRefusalCodes = [
  'paper-no-grid',
  'paper-too-blurred',
  'paper-too-small',
  'paper-too-skewed',
  'paper-glare',
] as const satisfies readonly ErrorCode[];
export type PaperRefusalCode = (typeof paperRefusalCodes)[number];
