import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  markDocumentReply,
  type ImageMarkView,
  type MarkDocumentKind,
} from '../../../../shared/contracts/image-marks.ts';
import { chinaDate } from '../../../../shared/rules/china-time.ts';
import type { Refusal } from '../../../connection/refusal.ts';
import { serverNow } from '../../../connection/server-clock.ts';
import { useWiring } from '../../../connection/wiring.tsx';
import { saveFile } from '../../../ui/save-file.ts';
import { useToasts } from '../../../ui/toasts.tsx';
import { useErrorText } from '../../../ui/use-error-text.ts';
import type { ViewerExports } from '../viewer/MarksMenu.tsx';

const KINDS: Record<MarkDocumentKind, { mark: ImageMarkView['mark']['kind']; file: string }> = {
  measurements: { mark: 'measurement', file: 'SR' },
  'key-images': { mark: 'key-image', file: 'KOS' },
};

/** Writes the marks of a study as a DICOM document, which is stored with the study and downloaded. */
export function useMarkExports(standing: readonly ImageMarkView[]): ViewerExports {
  const { t } = useTranslation();
  const { http } = useWiring();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const exportMarks = async (study: string, kind: MarkDocumentKind): Promise<void> => {
    setBusy(true);
    try {
      const made = markDocumentReply.parse(await http.send('POST', `/api/studies/${study}/mark-documents/${kind}`));
      const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = made;
      const address = `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
      const file = await http.fetch(address, { headers: { Accept: 'application/dicom' } });
      saveFile(await file.blob(), `${KINDS[kind].file}-${chinaDate(new Date(serverNow()))}.dcm`);
      toasts.done(t(`marks.exported.${kind}`));
    } catch (refusal) {
      toasts.trouble(errorText(refusal as Refusal));
    } finally {
      setBusy(false);
    }
  };
  return {
    countOf: (study, kind) =>
      standing.filter(({ studyInstanceUid, mark }) => studyInstanceUid === study && mark.kind === KINDS[kind].mark)
        .length,
    busy,
    exportMarks: (study, kind) => void exportMarks(study, kind),
  };
}
