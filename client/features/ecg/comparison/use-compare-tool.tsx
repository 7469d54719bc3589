import { useCallback, type ReactNode } from 'react';
import type { EcgView } from '../../../../shared/contracts/ecg.ts';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { CompareButton } from './CompareButton.tsx';

/** The comparison's button for the viewer's toolbar; the same function as long as it is the same ECG. */
export function useCompareTool(
  ecg: EcgView | undefined,
  groups: EcgDocument['groups'] | undefined,
  theme: 'light' | 'dark',
): (viewNow: () => EcgViewState) => ReactNode {
  return useCallback(
    (viewNow) => ecg && groups && <CompareButton ecg={ecg} groups={groups} viewNow={viewNow} theme={theme} />,
    [ecg, groups, theme],
  );
}
