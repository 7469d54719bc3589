/** QT corrected for the heart rate by the four formulas in use, milliseconds, unrounded. */
export interface CorrectedQt {
  bazettMs: number;
  fridericiaMs: number;
  framinghamMs: number;
  hodgesMs: number;
}

/**
 * Bazett QT/sqrt(RR) (Heart 1920;7:353), Fridericia QT/cbrt(RR) (Acta Med Scand 1920;53:469), Framingham
 * QT + 154 (1 - RR) (Sagie, Am J Cardiol 1992;70:797), Hodges QT + 1.75 (HR - 60) (J Am Coll Cardiol 1983;1:694);
 * RR in seconds, HR = 60 / RR.
 * @returns null when either interval is no positive number.
 */
export function correctQt(qtMs: number, rrMs: number): CorrectedQt | null {
  if (!(Number.isFinite(qtMs) && Number.isFinite(rrMs) && qtMs > 0 && rrMs > 0)) return null;
  const rr = rrMs / 1000;
  return {
    bazettMs: qtMs / Math.sqrt(rr),
    fridericiaMs: qtMs / Math.cbrt(rr),
    framinghamMs: qtMs + 154 * (1 - rr),
    hodgesMs: qtMs + 1.75 * (60 / rr - 60),
  };
}
