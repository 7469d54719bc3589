import { useState, type FormEvent } from 'react';
import { formatDay } from '../../ui/time.ts';
import { readDraft, type DraftReading, type PatientDraft } from './patient-form.ts';

export interface PatientForm {
  draft: PatientDraft;
  reading: DraftReading;
  /** A submit was tried with something missing: what is missing is now said. */
  tried: boolean;
  change: (draft: PatientDraft) => void;
  /** Sends what is complete; otherwise leads to the first field that is not. */
  onSubmit: (
    send: (fields: NonNullable<DraftReading['fields']>) => void,
  ) => (event: FormEvent<HTMLFormElement>) => void;
}

export function usePatientDraft(first: PatientDraft): PatientForm {
  const [draft, change] = useState(first);
  const [tried, setTried] = useState(false);
  const reading = readDraft(draft, formatDay(new Date()));
  return {
    draft,
    reading,
    tried,
    change,
    onSubmit: (send) => (event) => {
      event.preventDefault();
      if (reading.fields) {
        send(reading.fields);
        return;
      }
      setTried(true);
      const form = event.currentTarget;
      requestAnimationFrame(() => form.querySelector<HTMLInputElement>('[aria-invalid="true"]')?.focus());
    },
  };
}
