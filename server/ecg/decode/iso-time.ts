/**
 * Turns the compact time stamps of DICOM (VR DT, PS3.5 6.2) and HL7 v3 (TS): YYYY[MM[DD[HH[MM[SS[.f]]]]]][+ZZXX]
 * into ISO 8601. Returns undefined when the text is none or names no real date.
 */
export function isoFromCompactTime(text: string): string | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.(\d{1,9}))?\s*([+-]\d{4})?\s*$/.exec(text.trim());
  if (!match) return undefined;
  const [, year = '', month = '', day, hour, minute = '00', second = '00', fraction, offset] = match;
  if (day === undefined) return undefined;
  const date = isoDate(Number(year), Number(month), Number(day));
  if (!date || hour === undefined) return date;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return date;
  const part = fraction === undefined || /^0+$/.test(fraction) ? '' : `.${fraction.slice(0, 6)}`;
  const zone = offset === undefined ? '' : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  return `${date}T${hour}:${minute}:${second}${part}${zone}`;
}

/** YYYY-MM-DD, or undefined for a day that does not exist. */
export function isoDate(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 1800 || year > 2200 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
