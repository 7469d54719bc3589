import { Button, Tooltip } from 'antd';
import { Suspense, useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { lazyScreen } from '../../../connection/load-code.ts';
import { CompareIcon } from '../viewer/viewer-icons.tsx';
import type { EcgComparison as EcgComparisonComponent } from './EcgComparison.tsx';

const EcgComparison = lazyScreen<ComponentProps<typeof EcgComparisonComponent>>(() =>
  import('./EcgComparison.tsx').then((module) => ({ default: module.EcgComparison })),
);

/** Opens the comparison with another ECG of the same patient, for whoever clicked alone. */
export function CompareButton(props: Omit<ComponentProps<typeof EcgComparisonComponent>, 'onClose'>) {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Tooltip title={t('ecg.compare.hint')}>
        <Button
          icon={<CompareIcon />}
          aria-label={t('ecg.compare.title')}
          data-testid="ecg-compare"
          onClick={() => setIsOpen(true)}
        >
          {t('ecg.compare.button')}
        </Button>
      </Tooltip>
      {isOpen && (
        <Suspense fallback={null}>
          <EcgComparison {...props} onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
