export const roles = [
  'village-doctor',
  'township-doctor',
  'chest-pain-on-call',
  'ecg-reporter',
  'ecg-reviewer',
  'imaging-reporter',
  'imaging-reviewer',
  'specialist',
  'alliance-specialist',
  'community-manager',
  'administrator',
] as const;
export type Role = (typeof roles)[number];

/** Roles that treat patients. The others (office, administrator) see no patient. */
export const clinicalRoles: readonly Role[] = roles.filter(
  (role) => role !== 'community-manager' && role !== 'administrator',
);
/** Roles of the asking side. */
export const clinicRoles = ['village-doctor', 'township-doctor'] as const satisfies readonly Role[];
