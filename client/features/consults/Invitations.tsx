import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import type { Notice } from '../../../shared/contracts/registry.ts';
import { useNotice } from '../../connection/wiring.tsx';
import { Shape } from '../../ui/shapes.tsx';
import { useRing } from '../alarms/sound-context.tsx';
import './consults.css';

type Invitation = Notice<'consult:invited'>;

/** Somebody asks this person into a running consult: heard, seen on every screen, joined with one press. */
export function Invitations() {
  const { t } = useTranslation();
  const ring = useRing();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [invitations, setInvitations] = useState<readonly Invitation[]>([]);
  const leave = (consultId: string) =>
    setInvitations((shown) => shown.filter((invitation) => invitation.consultId !== consultId));
  useNotice('consult:invited', (invitation) => {
    if (pathname === `/consults/${invitation.consultId}`) return;
    ring.chime();
    setInvitations((shown) => [...shown.filter(({ consultId }) => consultId !== invitation.consultId), invitation]);
  });
  // A case that was closed or withdrawn meanwhile, or opened by another way, needs no answer any more.
  useNotice('consult:changed', ({ id, state }) => {
    if (state === 'closed' || state === 'withdrawn') leave(id);
  });
  const open = invitations.filter(({ consultId }) => pathname !== `/consults/${consultId}`);
  if (open.length === 0) return null;
  return (
    <div className="invitations" role="alert">
      {open.map((invitation) => (
        <section key={invitation.consultId} className="invitation" data-testid="invitation">
          <Shape name="bell" size={26} />
          <div>
            <strong>
              {t('invitation.by', { name: invitation.byName, organisation: invitation.organisationName })}
            </strong>
            <p>{t('invitation.patient', { name: invitation.patientName })}</p>
          </div>
          <div className="row">
            <Button
              type="primary"
              data-testid="join-invitation"
              onClick={() => {
                leave(invitation.consultId);
                void navigate(`/consults/${invitation.consultId}`);
              }}
            >
              {t('invitation.join')}
            </Button>
            <Button onClick={() => leave(invitation.consultId)}>{t('invitation.later')}</Button>
          </div>
        </section>
      ))}
    </div>
  );
}
