import { Button } from 'antd';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import { EcgPanel, firstViewOf, type AnyEcgView } from '../ecg/EcgPanel.tsx';
import { EcgUpload } from '../ecg/EcgUpload.tsx';
import { formatMoment, useServerNow } from '../../ui/time.ts';
import type { SharedViewing } from './use-shared-viewing.ts';

/** The case's ECGs on paper, seen together. */
export function CaseEcg(props: {
  ecgs: readonly EcgView[];
  patientId: string;
  consultId: string;
  viewing: SharedViewing;
  theme: 'light' | 'dark';
  canUpload: boolean;
}) {
  const { ecgs, viewing } = props;
  const { t } = useTranslation();
  const now = useServerNow();
  const [adding, setAdding] = useState(false);
  const [own, setOwn] = useState<AnyEcgView | null>(null);
  const followed = viewing.following && viewing.shown?.kind !== 'imaging' ? viewing.shown : null;
  const newest = ecgs[0];
  const wanted = followed ?? own ?? (newest === undefined ? null : firstViewOf(newest));
  const shown =
    wanted !== null && ecgs.some(({ id }) => id === wanted.ecgId)
      ? wanted
      : newest === undefined
        ? null
        : firstViewOf(newest);
  const change = (next: AnyEcgView) => {
    setOwn(next);
    viewing.show(next);
  };
  // Whoever leads shows what stands on their screen, also before they touch it.
  const announce = useEffectEvent(() => {
    if (shown !== null && !viewing.following) viewing.show(shown);
  });
  useEffect(() => announce(), [shown?.ecgId, viewing.isLeading]);

  return (
    <div className="case-view" onDragEnter={() => setAdding(true)}>
      {(ecgs.length > 1 || props.canUpload) && (
        <div className="case-strip">
          {ecgs.length > 1 &&
            ecgs.map((ecg) => (
              <button
                key={ecg.id}
                type="button"
                className="case-chip"
                aria-pressed={ecg.id === shown?.ecgId}
                disabled={followed !== null}
                onClick={() => change(firstViewOf(ecg))}
              >
                <strong className="figure">{formatMoment(ecg.receivedAt, now)}</strong> {t(`ecg.format.${ecg.format}`)}
              </button>
            ))}
          {props.canUpload && ecgs.length > 0 && (
            <Button className="push" data-testid="add-ecg" aria-expanded={adding} onClick={() => setAdding(!adding)}>
              {t('case.addEcg')}
            </Button>
          )}
        </div>
      )}
      {props.canUpload && ecgs.length > 0 && adding && (
        <EcgUpload patientId={props.patientId} consultId={props.consultId} onUploaded={() => setAdding(false)} />
      )}
      {shown === null ? (
        <div className="case-empty">
          <strong>{t('ecg.none')}</strong>
          {props.canUpload ? (
            <EcgUpload patientId={props.patientId} consultId={props.consultId} primary />
          ) : (
            <p>{t('case.waitForEcg')}</p>
          )}
        </div>
      ) : (
        <EcgPanel
          ecgId={shown.ecgId}
          known={ecgs.find(({ id }) => id === shown.ecgId)}
          theme={props.theme}
          shared={{
            state: shown,
            onStateChange: change,
            canLead: followed === null,
            remotePointers: viewing.pointers,
            onPointerMove: viewing.point,
          }}
        />
      )}
    </div>
  );
}
