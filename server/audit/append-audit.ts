import type { AppendAudit } from '../platform/context.ts';
import type { Clock } from '../platform/clock.ts';
import { newId, type Store } from '../platform/store/store.ts';
import { auditRecord, type AuditFields } from './audit-record.ts';

/** Writes audit entries; inside a transaction they commit with it. `appended` wakes the sealer. */
export function openAudit(options: { store: Store; clock: Clock; appended: () => void }): AppendAudit {
  const model = options.store.model(auditRecord);
  return async (actor, note) => {
    // All of its fields are here and typed: mongoose need not look at them again, on every read that is answered.
    const entry: AuditFields = {
      _id: newId(),
      at: options.clock.now(),
      accountId: actor?.accountId ?? null,
      username: actor?.username ?? null,
      organisationId: actor?.organisationId ?? null,
      byToken: actor?.scopes !== undefined,
      action: note.action,
      outcome: note.outcome,
      subjectType: note.subject?.type ?? null,
      subjectId: note.subject?.id ?? null,
      patientId: note.subject?.patientId ?? null,
      code: note.code ?? null,
      details: note.details ?? null,
      sequence: null,
      hash: null,
    };
    await model.insertMany([entry], { lean: true });
    options.appended();
  };
}
