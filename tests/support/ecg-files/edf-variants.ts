/** EDF files laid out by hand, for what our writer does not write: other rates, units, gaps, 24 bits. */
export interface EdfVariantSignal {
  label: string;
  dimension?: string;
  physical?: [string, string];
  digital?: [string, string];
  samplesPerRecord: number;
}

export interface EdfVariant {
  /** Magic of 8 bytes; BDF has another. */
  version?: string;
  patient?: string;
  recording?: string;
  startDate?: string;
  startTime?: string;
  reserved?: string;
  stated?: Partial<Record<'records' | 'seconds' | 'headerBytes' | 'signals', string>>;
  recordSeconds?: string;
  signals: EdfVariantSignal[];
  /** For each record, for each signal: numbers, or the bytes of annotations. */
  records: (number[] | string)[][];
  bytesPerSample?: 2 | 3;
}

export const annotationSignal = (samplesPerRecord: number): EdfVariantSignal => ({
  label: 'EDF Annotations',
  physical: ['-1', '1'],
  samplesPerRecord,
});

export function edfVariant(variant: EdfVariant): Uint8Array {
  const { signals, records, stated = {}, bytesPerSample = 2 } = variant;
  const header = (text: string, length: number) => Buffer.from(text.padEnd(length).slice(0, length), 'latin1');
  const column = (length: number, of: (signal: EdfVariantSignal) => string) =>
    signals.map((signal) => header(of(signal), length));
  const parts = [
    header(variant.version ?? '0', 8),
    Buffer.from((variant.patient ?? 'X X X X').padEnd(80), 'utf8').subarray(0, 80),
    header(variant.recording ?? 'Startdate X X X X', 80),
    header(variant.startDate ?? '02.03.26', 8),
    header(variant.startTime ?? '04.05.06', 8),
    header(stated.headerBytes ?? String(256 * (1 + signals.length)), 8),
    header(variant.reserved ?? '', 44),
    header(stated.records ?? String(records.length), 8),
    header(stated.seconds ?? variant.recordSeconds ?? '1', 8),
    header(stated.signals ?? String(signals.length), 4),
    ...column(16, (signal) => signal.label),
    ...column(80, () => ''),
    ...column(8, (signal) => signal.dimension ?? 'uV'),
    ...column(8, (signal) => signal.physical?.[0] ?? '-32768'),
    ...column(8, (signal) => signal.physical?.[1] ?? '32767'),
    ...column(8, (signal) => signal.digital?.[0] ?? '-32768'),
    ...column(8, (signal) => signal.digital?.[1] ?? '32767'),
    ...column(80, () => ''),
    ...column(8, (signal) => String(signal.samplesPerRecord)),
    ...column(32, () => ''),
  ];
  for (const record of records) {
    record.forEach((values, index) => {
      const block = Buffer.alloc((signals[index]?.samplesPerRecord ?? 0) * bytesPerSample);
      if (typeof values === 'string') block.write(values, 'utf8');
      else values.forEach((value, i) => block.writeIntLE(value, i * bytesPerSample, bytesPerSample));
      parts.push(block);
    });
  }
  return Uint8Array.from(Buffer.concat(parts));
}
