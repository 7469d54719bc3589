import { Button, Tooltip } from 'antd';
import { Suspense, useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import { lazyScreen } from '../../../connection/load-code.ts';
import { CompareIcon } from '../viewer/viewer-icons.tsx';
import type { EcgComparison as EcgComparisonComponent } from './EcgComparison.tsx';

const EcgComparison = lazyScreen<ComponentProps<typeof EcgComparisonComponent>>(() =>
  import('./EcgComparison.tsx').then((module) => ({ default: module.EcgComparison })),
);

interface CompareButtonProps extends Omit<ComponentProps<typeof EcgComparisonComponent>, 'onClose' | 'view'> {
  /** The view that the comparison starts from. */
  viewNow: () => EcgViewState;
}

/** Opens the comparison with another ECG of the same patient, for whoever clicked alone. */
export function CompareButton({ viewNow, ...props }: CompareButtonProps) {
  const { t } = useTranslation();
  const [view, setView] = useState<EcgViewState | null>(null);
  return (
    <>
      <Tooltip title={t('ecg.compare.hint')}>
        <Button
          icon={<CompareIcon />}
          aria-label={t('ecg.compare.title')}
          data-testid="ecg-compare"
          onClick={() => setView(viewNow())}
        >
          {t('ecg.compare.button')}
        </Button>
      </Tooltip>
      {view && (
        <Suspense fallback={null}>
          <EcgComparison {...props} view={view} onClose={() => setView(null)} />
        </Suspense>
      )}
    </>
  );
}
