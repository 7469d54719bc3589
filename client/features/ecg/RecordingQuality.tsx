import { useTranslation } from 'react-i18next';
import type { PreReadView } from '../../../shared/contracts/ecg.ts';
import { longestAnalysedSeconds } from '../../../shared/ecg/condition-leads.ts';
import { MessageBox } from '../../ui/shapes.tsx';

type Finding = PreReadView['quality'][number];

/** What is wrong with the recording, told while the patient still lies on the couch. */
export function RecordingQuality(props: {
  findings: readonly Finding[];
  /** A day's recording: only its first part was looked at, and nobody lies on the couch. */
  isLong?: boolean;
}) {
  const { isLong = false } = props;
  // A Holter recorder has the leads that it has.
  const findings = isLong ? props.findings.filter(({ code }) => code !== 'leads-missing') : props.findings;
  const { t } = useTranslation();
  if (findings.length === 0) return null;
  const repeat = !isLong && findings.some(({ severity }) => severity === 'repeat');
  return (
    <MessageBox
      tone={repeat ? 'caution' : 'info'}
      shape={repeat ? 'triangle' : 'half'}
      live="polite"
      testId="recording-quality"
    >
      <div>
        <strong>
          {isLong
            ? t('ecg.quality.firstPart', { minutes: longestAnalysedSeconds / 60 })
            : t(repeat ? 'ecg.quality.repeat' : 'ecg.quality.hint')}
        </strong>
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
