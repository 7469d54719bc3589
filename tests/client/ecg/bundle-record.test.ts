import { describe, expect, test } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { bundleRecords } from '../../../client/features/ecg/bundle-record.ts';

// jsdom's File has neither text() nor arrayBuffer(); Node's own has.
const { File: NodeFile } = await import('node:buffer');
const file = (name: string, text: string) => new NodeFile([text], name) as unknown as File;
const names = (files: readonly { name: string }[]) => files.map(({ name }) => name);
const inside = async (zip: File) => {
  const unpacked = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  return Object.fromEntries(Object.entries(unpacked).map(([name, bytes]) => [name, strFromU8(bytes)]));
};

describe('files that are chosen together', () => {
  test('a record’s header and the samples that it names travel as one archive; other files by themselves', async () => {
    globalThis.File = NodeFile as unknown as typeof File;
    const header =
      '100 2 360 650000\n100.dat 212 200 11 1024 995 -22131 0 MLII\n100.dat 212 200 11 1024 1011 20052 0 V5\n';
    const files = [file('other.scp', 's'), file('100.hea', header), file('100.dat', 'd'), file('100.atr', 'a')];
    const bundled = await bundleRecords(files);
    expect(names(bundled)).toEqual(['100.zip', 'other.scp', '100.atr']);
    expect(await inside(bundled[0]!)).toEqual({ '100.hea': header, '100.dat': 'd' });
  });

  test('headers of segments go with their record', async () => {
    const files = [
      file('b.hea', 'b 1 250 10\nb.dat 16\n'),
      file('all.hea', 'all/2 1 250 20\na 10\nb 10\n'),
      file('a.hea', 'a 1 250 10\na.dat 16\n'),
      file('a.dat', '1'),
      file('b.dat', '2'),
    ];
    const bundled = await bundleRecords(files);
    expect(names(bundled)).toEqual(['all.zip']);
    expect(Object.keys(await inside(bundled[0]!)).sort()).toEqual(['a.dat', 'a.hea', 'all.hea', 'b.dat', 'b.hea']);
  });

  test('without a header everything stays as it is', async () => {
    const files = [file('a.dcm', 'x'), file('b.xml', 'y')];
    expect(await bundleRecords(files)).toEqual(files);
  });
});
