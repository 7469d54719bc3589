/** A parsed data set as far as decoding reads it: what dicom-parser gives. Tags are `x` and eight hexadecimal digits. */
export interface DataSet {
  byteArray: Uint8Array;
  elements: Record<string, Element>;
  string(tag: string, index?: number): string | undefined;
  uint16(tag: string, index?: number): number | undefined;
  int16(tag: string, index?: number): number | undefined;
}

export interface Element {
  tag: string;
  vr?: string | undefined;
  length: number;
  dataOffset: number;
  items?: { dataSet?: DataSet | undefined }[] | undefined;
  encapsulatedPixelData?: boolean | undefined;
  basicOffsetTable?: number[] | undefined;
  /** `offset` from the first byte after the offset table, `position` in the data set's bytes. */
  fragments?: { offset: number; position: number; length: number }[] | undefined;
}

export interface ParsedInstance {
  dataSet: DataSet;
  transferSyntaxUid: string;
}
