import { useCallback } from 'react';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import { useConnection } from '../../connection/wiring.tsx';
import { recordedInWords } from './comparison/recorded-at.ts';
import type { PrintedRecording } from './viewer/PrintedEcg.tsx';

/** Asks whose recording it is when it is printed, and not before: each reading of a person's data is recorded. */
export function useLoadPrinted(ecg: EcgView | undefined): () => Promise<PrintedRecording> {
  const connection = useConnection();
  return useCallback(async () => {
    if (!ecg) throw new Error('The ECG is not there yet.');
    const { patient } = await connection.request('patient:read', { patientId: ecg.patientId });
    return {
      patientName: patient.name,
      sex: patient.sex,
      birthDate: patient.birthDate,
      organisationName: patient.organisationName,
      recordedAt: recordedInWords(ecg),
      device: ecg.device,
    };
  }, [connection, ecg]);
}
