import { promisify } from 'node:util';
import { deflate, deflateSync } from 'node:zlib';

const chunk = (type: string, body: Uint8Array) => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body, Buffer.alloc(4)]);
};
function png(width: number, height: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = 2;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}
const jpegHeader = (width: number, height: number) => {
  const bytes = Buffer.from('ffd8ffc00011080000000003011100021101031101', 'hex');
  bytes.writeUInt16BE(height, 7);
  bytes.writeUInt16BE(width, 9);
  return bytes;
};
function pdf(objects: string[], trailer = ''): Buffer {
  const body = objects.map((object, i) => `${i + 1} 0 obj\n${object}\nendobj\n`).join('');
  return Buffer.from(`%PDF-1.7\n${body}trailer\n<< /Root 1 0 R ${trailer} >>\n%%EOF\n`, 'latin1');
}
const catalog = '<< /Type /Catalog /Pages 2 0 R >>';
const pages = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>';
const pageOf = (box: string, more = '') => `<< /Type /Page /Parent 2 0 R /MediaBox [${box}] ${more} >>`;

/**
 * Pictures that lie about their size, break off or would run code, with the code of their refusal.
 * The bomb is packed beside the hub's own thread: a test that stood still meanwhile would lose its sockets.
 */
export async function hostilePictures(photo: Uint8Array): Promise<[bytes: Uint8Array, code: string][]> {
  const bomb = await promisify(deflate)(Buffer.alloc(64 * 1024 * 1024));
  return [
    [photo.subarray(0, 2000), 'ecg-damaged'],
    [jpegHeader(60_000, 60_000), 'too-large'],
    [jpegHeader(600, 400), 'ecg-damaged'],
    [png(60_000, 60_000, bomb), 'too-large'],
    [png(800, 600, bomb), 'paper-no-grid'],
    [png(5000, 5000, deflateSync(Buffer.alloc(100))), 'ecg-damaged'],
    [png(800, 600, Buffer.from('no deflate stream at all')), 'ecg-damaged'],
    [Buffer.from('%PDF-1.7\nnothing'), 'ecg-damaged'],
    [pdf([catalog, pages, pageOf('0 0 842 595')]), 'paper-no-grid'],
    [pdf([catalog, pages, pageOf('0 0 14000 14000')]), 'too-large'],
    [
      pdf([
        '<< /Type /Catalog /Pages 2 0 R /Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >> >> >>',
        ...[pages, pageOf('0 0 842 595')],
      ]),
      'pdf-locked',
    ],
  ];
}
