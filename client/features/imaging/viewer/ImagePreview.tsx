import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { FrameState } from './frame-store.ts';
import { frameKey, type FrameAddress } from './series-frames.ts';
import './styles/preview.css';

/** What still has to come before a picture of the hub's drawing is worth its own bytes. */
const WORTH_BYTES = 1_500_000;
/** Plain radiographs have millions of pixels: their picture is asked for before anything is known of their bytes. */
const RADIOGRAPHS: readonly string[] = ['CR', 'DX', 'MG', 'RG', 'PX'];
const PATIENCE_MS = 250;
const SIDE_PX = 1024;
const QUALITY = 75;

/**
 * While a large image is on its way over a slow line: the same picture as the hub draws it (PS3.18 clause 10.4,
 * Retrieve Rendered), small and with loss, and said to be so. Goes as soon as the image itself is there.
 */
export function ImagePreview({
  root,
  headers,
  wanted,
  wantedState,
  modality,
  label,
}: {
  root: string;
  headers: Record<string, string>;
  wanted: FrameAddress | undefined;
  wantedState: FrameState;
  modality: string | undefined;
  /** Whose image and of which series. */
  label: ReactNode;
}) {
  const { t } = useTranslation();
  const key = wanted && frameKey(wanted);
  const [drawn, setDrawn] = useState<{ key: string; url: string } | null>(null);
  const isLoading = wantedState.state === 'loading';
  const rest = isLoading && wantedState.totalBytes !== null ? wantedState.totalBytes - wantedState.receivedBytes : 0;
  const isWorth = key !== undefined && rest > WORTH_BYTES;
  const [begun, setBegun] = useState<string | null>(null);
  // Once begun it goes on until the image is there, however little is left then.
  if (isWorth && begun !== key) setBegun(key);
  if (!isLoading && begun !== null) setBegun(null);
  const isSlowRadiograph = isLoading && modality !== undefined && RADIOGRAPHS.includes(modality);
  useEffect(() => {
    if (!isSlowRadiograph || key === undefined) return undefined;
    const timer = setTimeout(() => setBegun(key), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isSlowRadiograph, key]);
  const asked = begun === key ? wanted : undefined;
  const address =
    asked &&
    `${root.replace(/\/$/, '')}/studies/${asked.studyInstanceUid}/series/${asked.seriesInstanceUid}/instances/${asked.sopInstanceUid}/frames/${asked.frameNumber}/rendered?viewport=${SIDE_PX},${SIDE_PX}&quality=${QUALITY}`;
  const headerJson = JSON.stringify(headers);
  useEffect(() => {
    if (address === undefined || begun === null) return undefined;
    const abort = new AbortController();
    let url: string | null = null;
    const load = async () => {
      const given = JSON.parse(headerJson) as Record<string, string>;
      const response = await fetch(address, {
        headers: { ...given, Accept: 'image/jpeg' },
        credentials: 'same-origin',
        signal: abort.signal,
      });
      if (!response.ok) return;
      const picture = await response.blob();
      if (abort.signal.aborted) return;
      url = URL.createObjectURL(picture);
      setDrawn({ key: begun, url });
    };
    // Without it the reader waits as before.
    load().catch(() => undefined);
    return () => {
      abort.abort();
      if (url !== null) URL.revokeObjectURL(url);
      setDrawn(null);
    };
  }, [address, begun, headerJson]);
  if (!isLoading || drawn === null || drawn.key !== key) return null;
  const { receivedBytes, totalBytes } = wantedState;
  const percent = totalBytes === null ? 0 : Math.floor((receivedBytes / totalBytes) * 100);
  return (
    <figure className="iv-preview" data-testid="image-preview">
      <img src={drawn.url} alt="" draggable={false} />
      <span className="iv-preview-label">{label}</span>
      <figcaption role="status">{t('imaging.viewer.preview', { percent })}</figcaption>
    </figure>
  );
}
