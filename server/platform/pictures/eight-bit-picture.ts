/** Eight-bit samples row by row from the upper left corner: one grey, or red, green and blue by turns. */
export interface EightBitPicture {
  columns: number;
  rows: number;
  channels: 1 | 3;
  samples: Uint8Array;
}
