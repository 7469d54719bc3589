import { useState } from 'react';
import { useMatch, useNavigate } from 'react-router';
import type { RequestReply } from '../../../shared/contracts/registry.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import type { Refusal } from '../../connection/refusal.ts';
import { useConnection, useWiring } from '../../connection/wiring.tsx';

/** The press is repeated over cuts for so long; the bar says all the while that it has not gone out. */
const giveUpAfterMs = 15 * 60_000;
const waitForPatientMs = 1500;

export type RaiseState =
  | { kind: 'idle' }
  | { kind: 'raising'; sinceMs: number; anotherPatient: boolean }
  | { kind: 'refused'; refusal: Refusal; anotherPatient: boolean; besideConsultId: string | undefined }
  /** The press opened the unnamed case that rings already. */
  | { kind: 'opened-unnamed'; consultId: string; patientName: string };

/** The emergency press: one request, no question asked, then the case. */
export function useRaiseAlarm(): { state: RaiseState; raise: (anotherPatient?: boolean) => void; clear: () => void } {
  const connection = useConnection();
  const { cache } = useWiring();
  const navigate = useNavigate();
  const patientPage = useMatch('/patients/:patientId');
  const casePage = useMatch('/consults/:consultId');
  const [state, setState] = useState<RaiseState>({ kind: 'idle' });

  /** The patient whom the screen shows. Not knowing in time holds nothing up: the alarm then goes without. */
  const patientOnScreen = async (): Promise<string | undefined> => {
    if (patientPage?.params.patientId) return patientPage.params.patientId;
    const consultId = casePage?.params.consultId;
    if (!consultId) return undefined;
    const read = cache
      .fetchQuery<RequestReply<'consult:read'>>({
        queryKey: queryKeyOf('consult:read', { consultId }),
        queryFn: () => connection.request('consult:read', { consultId }),
        staleTime: Number.POSITIVE_INFINITY,
      })
      .then(({ consult }) => consult.patient.id)
      .catch(() => undefined);
    return Promise.race([
      read,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), waitForPatientMs)),
    ]);
  };

  const raise = (anotherPatient = false) => {
    // A second press while the first is under way is the same press.
    if (state.kind === 'raising') return;
    const pressedAt = new Date();
    // Named, so that a second click on "another patient" opens the same new case.
    const besideConsultId =
      state.kind === 'opened-unnamed' ? state.consultId : state.kind === 'refused' ? state.besideConsultId : undefined;
    setState({ kind: 'raising', sinceMs: pressedAt.getTime(), anotherPatient });
    const send = async () => {
      const patientId = anotherPatient ? undefined : await patientOnScreen();
      return connection.request(
        'alarm:raise',
        {
          ...(patientId === undefined ? {} : { patientId }),
          ...(anotherPatient ? { anotherPatient, ...(besideConsultId === undefined ? {} : { besideConsultId }) } : {}),
          deviceTime: pressedAt.toISOString(),
        },
        { giveUpAfterMs },
      );
    };
    send().then(
      ({ alarm, existing, unnamed }) => {
        cache.setQueryData(queryKeyOf('alarm:read', { consultId: alarm.consultId }), { alarm });
        void cache.invalidateQueries({ queryKey: ['consult:list'] });
        void cache.invalidateQueries({ queryKey: ['patient:list'] });
        setState(
          existing && unnamed
            ? { kind: 'opened-unnamed', consultId: alarm.consultId, patientName: alarm.patientName }
            : { kind: 'idle' },
        );
        void navigate(`/consults/${alarm.consultId}`);
      },
      (refusal: Refusal) => setState({ kind: 'refused', refusal, anotherPatient, besideConsultId }),
    );
  };

  return { state, raise, clear: () => setState({ kind: 'idle' }) };
}
