/** The answer to the former question until the new one is answered; never one about another patient. */
export const keepOfSamePatient =
  (payload: object) =>
  <Reply>(reply: Reply | undefined, former: { queryKey: readonly unknown[] } | undefined): Reply | undefined =>
    patientIn(former?.queryKey[1]) === patientIn(payload) ? reply : undefined;

const patientIn = (payload: unknown) => (payload as { patientId?: unknown } | undefined)?.patientId;
