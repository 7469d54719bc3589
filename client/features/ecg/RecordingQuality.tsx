import { useTranslation } from 'react-i18next';
import type { PreReadView } from '../../../shared/contracts/ecg.ts';
import { MessageBox } from '../../ui/shapes.tsx';

type Finding = PreReadView['quality'][number];

/** What is wrong with the recording, told while the patient still lies on the couch. */
export function RecordingQuality({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation();
  if (findings.length === 0) return null;
  const repeat = findings.some(({ severity }) => severity === 'repeat');
  return (
    <MessageBox
      tone={repeat ? 'caution' : 'info'}
      shape={repeat ? 'triangle' : 'half'}
      live="polite"
      testId="recording-quality"
    >
      <div>
        <strong>{t(repeat ? 'ecg.quality.repeat' : 'ecg.quality.hint')}</strong>
        <ul className="ecg-quality">
          {findings.map(({ code, leads }) => (
            <li key={code} data-quality={code}>
              {t(`ecg.quality.code.${code}`, { leads: leads.join(t('list.comma')) })}
            </li>
          ))}
        </ul>
      </div>
    </MessageBox>
  );
}
