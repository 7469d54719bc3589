/** The only error that reading a DICOM file throws; the message says where, in one line. */
export class DicomDecodeError extends Error {
  readonly code: 'not-dicom' | 'dicom-damaged' | 'too-large';

  constructor(code: DicomDecodeError['code'], message: string) {
    super(message);
    this.name = 'DicomDecodeError';
    this.code = code;
  }
}
