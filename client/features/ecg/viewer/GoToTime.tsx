import { Button, Input } from 'antd';
import { useId, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { placeOfTime, secondOfDay } from './long-recording.ts';
import type { LongRecording } from './long-recording.ts';

interface GoToTimeProps {
  long: Pick<LongRecording, 'acquiredAt' | 'durationSeconds'>;
  canLead: boolean;
  onPlace: (seconds: number) => void;
}

/** Goes to a time that somebody types: the clock of the day where it is known, otherwise time after the start. */
export function GoToTime({ long, canLead, onPlace }: GoToTimeProps) {
  const { t } = useTranslation();
  const id = useId();
  const [typed, setTyped] = useState('');
  const [isWrong, setIsWrong] = useState(false);
  const begin = secondOfDay(long.acquiredAt);
  const go = (event: FormEvent) => {
    event.preventDefault();
    const place = placeOfTime(typed, begin, long.durationSeconds);
    setIsWrong(place === null);
    if (place !== null) onPlace(place);
  };
  return (
    <form className="ecg-go-to" onSubmit={go}>
      <label htmlFor={id}>{t(begin === null ? 'ecg.viewer.long.goToElapsed' : 'ecg.viewer.long.goToClock')}</label>
      <Input
        id={id}
        data-testid="ecg-go-to-time"
        size="small"
        value={typed}
        disabled={!canLead}
        placeholder={begin === null ? '1:30:00' : '08:30:00'}
        maxLength={9}
        status={isWrong ? 'error' : ''}
        aria-invalid={isWrong}
        onChange={(event) => {
          setTyped(event.target.value);
          setIsWrong(false);
        }}
        // Digits and arrows are the viewer's keys elsewhere.
        onKeyDown={(event) => event.stopPropagation()}
      />
      <Button htmlType="submit" size="small" disabled={!canLead || typed.trim() === ''}>
        {t('ecg.viewer.long.go')}
      </Button>
      {isWrong && <span role="alert">{t('ecg.viewer.long.noSuchTime')}</span>}
    </form>
  );
}
