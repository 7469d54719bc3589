import { expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';

test('an aECG with more samples than the cap is refused as too large (HL7 PORT_MT020001 digits)', () => {
  const digits = '1 '.repeat(21_000_000);
  const xml =
    '<AnnotatedECG xmlns:xsi="x"><component><series><component><sequenceSet><component><sequence>' +
    `<code code="MDC_ECG_LEAD_I"/><value xsi:type="SLIST_PQ"><digits>${digits}</digits></value>` +
    '</sequence></component></sequenceSet></component></series></component></AnnotatedECG>';
  const start = process.cpuUsage();
  expect(() => decodeEcg(Buffer.from(xml))).toThrow(expect.objectContaining({ code: 'too-large' }));
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(30);
}, 300_000);
