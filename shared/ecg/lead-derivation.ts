const { isFinite } = Number;

/** One lead's samples in microvolts; null where there is none. */
export type LeadSamples = readonly (number | null)[];

export interface DerivedLimbLeads {
  III: (number | null)[];
  aVR: (number | null)[];
  aVL: (number | null)[];
  aVF: (number | null)[];
}

/**
 * Leads III, aVR, aVL and aVF from I and II, sample by sample in the same unit: III = II - I (Einthoven),
 * aVR = -(I + II) / 2, aVL = I - II / 2, aVF = II - I / 2 (Goldberger). Where either lead has no sample, none is made.
 * The result is as long as the shorter lead.
 */
export function deriveLimbLeads(leadI: LeadSamples, leadII: LeadSamples): DerivedLimbLeads {
  const length = Math.min(leadI.length, leadII.length);
  const leads: DerivedLimbLeads = { III: [], aVR: [], aVL: [], aVF: [] };
  for (let k = 0; k < length; k++) {
    const one = leadI[k];
    const two = leadII[k];
    const known = typeof one === 'number' && typeof two === 'number' && isFinite(one) && isFinite(two);
    leads.III.push(known ? two - one : null);
    leads.aVR.push(known ? -(one + two) / 2 + 0 : null);
    leads.aVL.push(known ? one - two / 2 : null);
    leads.aVF.push(known ? two - one / 2 : null);
  }
  return leads;
}
