export type PictureKind = 'jpeg' | 'png' | 'pdf';

/** What a file's first bytes say: a photograph, a scan, a PDF (ISO 32000-1, 7.5.2) or none of them. */
export function pictureKind(head: Uint8Array): PictureKind | null {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (starts(0xff, 0xd8, 0xff)) return 'jpeg';
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (starts(0x25, 0x50, 0x44, 0x46, 0x2d)) return 'pdf';
  return null;
}
