/** Edition and sources of the rules as delivered. */
export const deliveredEdition = '2026.1';
export const fourthDefinition =
  'Fourth Universal Definition of Myocardial Infarction (2018), Circulation 2018;138:e618, ECG section and table 2';
export const consensus2017 =
  'Chinese expert consensus on critical ECG values, 2017 (full text not seen; compare with the list of the province)';
export const standards2009 = 'AHA/ACCF/HRS Recommendations for the Standardization and Interpretation of the ECG, 2009';
export const ownRule = 'Own rule for ordering the queue; no published limit';
/** What every rule as delivered has. */
export const delivered = { enabled: true, edition: deliveredEdition } as const;
/** Rhythms in which ST levels mean nothing. */
export const rhythmsWithoutSt = ['wide-complex-tachycardia', 'chaotic-ventricular'] as const;
