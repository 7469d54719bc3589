import { writeDicomFile } from '../../server/imaging/dicom-writer.ts';

/** A box of 1000 HU in air whose edges are known, in an axial series: for what is cut out of it anew. Millimetres. */
export const BOX = { left: -20, right: 20, front: -30, back: 30, top: -40, bottom: -80 } as const;
export const BOX_SERIES = { columns: 64, rows: 64, slices: 16, pixelMm: 2, sliceMm: 8 } as const;

export interface BoxPatient {
  name: string;
  id: string;
}

/** @param uid root of the study's UIDs. @returns Part 10 files from head to feet. */
export function boxSeries(patient: BoxPatient, uid: string): Uint8Array[] {
  const { columns, rows, slices, pixelMm, sliceMm } = BOX_SERIES;
  const start = -((columns - 1) / 2) * pixelMm;
  return Array.from({ length: slices }, (_, index) => {
    const z = -index * sliceMm;
    const pixels = new Uint16Array(columns * rows);
    for (let at = 0; at < pixels.length; at++) {
      const x = start + (at % columns) * pixelMm;
      const y = start + Math.floor(at / columns) * pixelMm;
      const inside =
        x >= BOX.left && x <= BOX.right && y >= BOX.front && y <= BOX.back && z <= BOX.top && z >= BOX.bottom;
      pixels[at] = inside ? 2024 : 24;
    }
    const sopInstanceUid = `${uid}.2.${index + 1}`;
    return writeDicomFile({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      sopInstanceUid,
      elements: [
        { tag: 0x00080005, vr: 'CS', value: 'ISO_IR 192' },
        { tag: 0x00080008, vr: 'CS', value: 'DERIVED\\PRIMARY\\AXIAL' },
        { tag: 0x00080016, vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.2' },
        { tag: 0x00080018, vr: 'UI', value: sopInstanceUid },
        { tag: 0x00080020, vr: 'DA', value: '20260301' },
        { tag: 0x00080060, vr: 'CS', value: 'CT' },
        { tag: 0x0008103e, vr: 'LO', value: 'BOX' },
        { tag: 0x00100010, vr: 'PN', value: patient.name },
        { tag: 0x00100020, vr: 'LO', value: patient.id },
        { tag: 0x0020000d, vr: 'UI', value: uid },
        { tag: 0x0020000e, vr: 'UI', value: `${uid}.2` },
        { tag: 0x00200011, vr: 'IS', value: '2' },
        { tag: 0x00200013, vr: 'IS', value: String(index + 1) },
        { tag: 0x00200032, vr: 'DS', value: [start, start, z].join('\\') },
        { tag: 0x00200037, vr: 'DS', value: '1\\0\\0\\0\\1\\0' },
        { tag: 0x00200052, vr: 'UI', value: `${uid}.9` },
        { tag: 0x00280002, vr: 'US', value: 1 },
        { tag: 0x00280004, vr: 'CS', value: 'MONOCHROME2' },
        { tag: 0x00280010, vr: 'US', value: rows },
        { tag: 0x00280011, vr: 'US', value: columns },
        { tag: 0x00280030, vr: 'DS', value: `${pixelMm}\\${pixelMm}` },
        { tag: 0x00280100, vr: 'US', value: 16 },
        { tag: 0x00280101, vr: 'US', value: 12 },
        { tag: 0x00280102, vr: 'US', value: 11 },
        { tag: 0x00280103, vr: 'US', value: 0 },
        { tag: 0x00281050, vr: 'DS', value: '40' },
        { tag: 0x00281051, vr: 'DS', value: '400' },
        { tag: 0x00281052, vr: 'DS', value: '-1024' },
        { tag: 0x00281053, vr: 'DS', value: '1' },
        { tag: 0x00281054, vr: 'LO', value: 'HU' },
      ],
      pixelData: { native: new Uint8Array(pixels.buffer), bitsAllocated: 16 },
    });
  });
}
