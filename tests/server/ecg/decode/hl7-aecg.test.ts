import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';

interface TestLead {
  code: string;
  origin?: string;
  scale?: string;
  digits: string;
  type?: string;
}

const leadXml = (lead: TestLead): string =>
  `<component><sequence><code code="${lead.code}"/><value xsi:type="${lead.type ?? 'SLIST_PQ'}">` +
  `${lead.origin ?? '<origin value="0" unit="uV"/>'}${lead.scale ?? '<scale value="1" unit="uV"/>'}` +
  `<digits>${lead.digits}</digits></value></sequence></component>`;

const timeXml = (type: string, increment: string): string =>
  `<component><sequence><code code="${type === 'GLIST_TS' ? 'TIME_ABSOLUTE' : 'TIME_RELATIVE'}"/>` +
  `<value xsi:type="${type}"><head value="20260105"/>${increment}</value></sequence></component>`;

function series(
  leads: readonly TestLead[],
  options: { time?: string; code?: string; tail?: string; element?: string } = {},
): string {
  const element = options.element ?? 'series';
  const time = options.time ?? timeXml('GLIST_TS', '<increment value="0.002" unit="s"/>');
  return (
    `<${element}><code code="${options.code ?? 'RHYTHM'}"/>` +
    `<component><sequenceSet>${time}${leads.map(leadXml).join('')}</sequenceSet></component>${options.tail ?? ''}</${element}>`
  );
}

function aecg(body: string, prolog = ''): Buffer {
  return Buffer.from(
    `${prolog}<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
      `<effectiveTime><center value="20260105080910.5+0800"/></effectiveTime><component>${body}</component></AnnotatedECG>`,
  );
}

const lead = (over: Partial<TestLead> = {}): TestLead => ({ code: 'MDC_ECG_LEAD_II', digits: '1 -2 3', ...over });

describe('HL7 PORT_MT020001 sequences', () => {
  test('origin and scale in their units give microvolts', () => {
    const [group] = decodeEcg(
      aecg(
        series([
          lead({ scale: '<scale value="2.5" unit="uV"/>' }),
          lead({
            code: 'MDC_ECG_LEAD_AVR',
            origin: '<origin value="1" unit="mV"/>',
            scale: '<scale value="4.88" unit="uV"/>',
          }),
          lead({ code: 'MDC_ECG_LEAD_V3R', scale: '<scale value="0.001" unit="mV"/>', digits: '\n\t1\r\n2\n' }),
        ]),
      ),
    ).groups;
    expect(group!.leads.map((entry) => entry.name)).toEqual(['II', 'aVR', 'V3R']);
    expect(group!.leads.map((entry) => entry.samples)).toEqual([
      [2.5, -5, 7.5],
      [1004.88, 990.24, 1014.64],
      [1, 2],
    ]);
  });

  test.each([
    ['GLIST_TS', '<increment value="0.002" unit="s"/>', 500],
    ['GLIST_PQ', '<increment value="4" unit="ms"/>', 250],
    ['GLIST_PQ', '<increment value="1000" unit="us"/>', 1000],
  ])('a time sequence of type %s with %s is %d Hz', (type, increment, rate) => {
    const read = decodeEcg(aecg(series([lead()], { time: timeXml(type, increment) })));
    expect(read.groups[0]!.leads[0]!.sampleRateHz).toBe(rate);
  });

  test('a derived series follows its rhythm as the median beat', () => {
    const derived = `<derivation>${series([lead({ digits: '9 9' })], { element: 'derivedSeries', code: 'REPRESENTATIVE_BEAT' })}</derivation>`;
    const { groups } = decodeEcg(aecg(series([lead()], { tail: derived })));
    expect(groups.map((group) => group.label)).toEqual(['rhythm', 'median']);
    expect(groups[1]!.leads[0]!.samples).toEqual([9, 9]);
  });

  test('words that stand for no sample are null, other words are refused', () => {
    const document = decodeEcg(aecg(series([lead({ digits: '1 NaN 3' })])));
    expect(document.groups[0]!.leads[0]!.samples).toEqual([1, null, 3]);
    expect(document.warnings.join()).toMatch(/missing/);
    expect(() => decodeEcg(aecg(series([lead({ digits: '1 two' })])))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });

  test('a lead without a scale in volts is left out with a warning, an empty one too', () => {
    const document = decodeEcg(
      aecg(
        series([
          lead({ scale: '' }),
          lead({ code: 'MDC_ECG_LEAD_V1', digits: ' ' }),
          lead({ code: 'MDC_ECG_LEAD_V2' }),
        ]),
      ),
    );
    expect(document.groups[0]!.leads.map((entry) => entry.name)).toEqual(['V2']);
    expect(document.warnings.filter((line) => line.includes('left out'))).toHaveLength(2);
  });

  test('without a rate or a series there is nothing to read', () => {
    for (const bytes of [aecg(series([lead()], { time: '' })), aecg('')]) {
      expect(() => decodeEcg(bytes)).toThrow(expect.objectContaining({ code: 'malformed' }));
    }
  });

  test('measurements are taken, those of one lead are not; wave borders complete them', () => {
    const annotation = (inner: string): string => `<component><annotation>${inner}</annotation></component>`;
    const wave = (code: string, low: number, high: number): string =>
      annotation(
        `<code code="MDC_ECG_WAVC"/><value xsi:type="CE" code="${code}"/><support><supportingROI><component><boundary>` +
          `<value xsi:type="IVL_PQ"><low value="${low}" unit="ms"/><high value="${high}" unit="ms"/></value>` +
          '</boundary></component></supportingROI></support>',
      );
    const oneLead =
      '<support><supportingROI><component><boundary><code code="MDC_ECG_LEAD_I"/></boundary></component></supportingROI></support>';
    const set = (inner: string): string => `<subjectOf><annotationSet>${inner}</annotationSet></subjectOf>`;
    const derived = series([lead()], {
      element: 'derivedSeries',
      code: 'REPRESENTATIVE_BEAT',
      tail: set(
        wave('MDC_ECG_WAVC_PWAVE', 100, 200) +
          wave('MDC_ECG_WAVC_QRSWAVE', 260, 350) +
          wave('MDC_ECG_WAVC_TWAVE', 450, 640),
      ),
    });
    const tail =
      set(
        annotation('<code code="MDC_ECG_HEART_RATE"/><value xsi:type="PQ" value="72" unit="/min"/>') +
          annotation(`<code code="MDC_ECG_TIME_PD_QT"/><value xsi:type="PQ" value="999" unit="ms"/>${oneLead}`) +
          annotation('<code code="MDC_ECG_TIME_PD_QRS"/><value xsi:type="PQ" value="0.088" unit="s"/>') +
          annotation(
            '<code code="MDC_ECG_INTERPRETATION_STATEMENT"/><value xsi:type="ST">Sinus &lt;rhythm&gt;</value>',
          ),
      ) + `<derivation>${derived}</derivation>`;
    const document = decodeEcg(aecg(series([lead()], { tail })));
    expect(document.measurements).toEqual({
      heartRatePerMinute: 72,
      qrsDurationMs: 88,
      pDurationMs: 100,
      prIntervalMs: 160,
      qtIntervalMs: 380,
    });
    expect(document.statements).toEqual(['Sinus <rhythm>']);
    expect(document.acquiredAt).toBe('2026-01-05T08:09:10.5+08:00');
  });
});

describe('XML 1.0: encodings and hostile markup', () => {
  const good = aecg(series([lead()]));

  test('comments without a declaration, UTF-16 and GBK are read', () => {
    expect(decodeEcg(aecg(series([lead()]), '<!-- no declaration -->\n')).groups).toHaveLength(1);
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good.toString(), 'utf16le')]);
    expect(decodeEcg(utf16).groups).toHaveLength(1);
    const declared = Buffer.from('<?xml version="1.0" encoding="GB2312"?>');
    expect(decodeEcg(Buffer.concat([declared, good])).groups).toHaveLength(1);
  });

  test('any DOCTYPE is refused as hostile', () => {
    const bomb =
      '<?xml version="1.0"?><!DOCTYPE AnnotatedECG [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">' +
      '<!ENTITY c SYSTEM "file:///etc/passwd">]>';
    const plain = '<!DOCTYPE AnnotatedECG SYSTEM "http://example.invalid/x.dtd">';
    for (const prolog of [bomb, plain, `<!-- x -->${plain}`]) {
      expect(() => decodeEcg(aecg(series([lead()]), prolog))).toThrow(expect.objectContaining({ code: 'hostile-xml' }));
    }
  });

  test('undefined entities, deep nesting and broken markup are refused', () => {
    expect(() => decodeEcg(aecg(series([lead({ digits: '&boom;' })])))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
    const deep = aecg('<x>'.repeat(5000) + '</x>'.repeat(5000));
    expect(() => decodeEcg(deep)).toThrow(expect.objectContaining({ code: 'hostile-xml' }));
    expect(() => decodeEcg(aecg('<a b=1></a>'))).toThrow(expect.objectContaining({ code: 'malformed' }));
    expect(() => decodeEcg(Buffer.concat([good, Buffer.from([0xff, 0xfe, 0x80])]))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });

  test('a file cut off inside an element is truncated', () => {
    expect(() => decodeEcg(good.subarray(0, good.length - 30))).toThrow(expect.objectContaining({ code: 'truncated' }));
  });
});
