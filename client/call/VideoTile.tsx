import { useEffect, useRef, type ReactNode } from 'react';
import './video-tile.css';

export interface VideoTileProps {
  /** Null while there is no picture. */
  track: MediaStreamTrack | null;
  name: string;
  /** Under the name, e.g. the organisation. */
  detail?: string;
  /** The own camera is shown as in a mirror. */
  mirrored?: boolean;
  /** `contain` shows all of a shared screen. */
  fit?: 'cover' | 'contain';
  speaking?: boolean;
  /** In words, e.g. "speaking"; read aloud and shown beside the frame. */
  speakingLabel: string;
  /** In words, while the microphone is off; null while it is on. */
  mutedLabel: string | null;
  /** Shown where there is no picture. */
  noPictureLabel: string;
  /** Buttons of the tile. */
  children?: ReactNode;
}

/** One person's picture with the name, and whether they speak. It makes no sound: the call plays the voices. */
export function VideoTile({
  track,
  name,
  detail,
  mirrored = false,
  fit = 'cover',
  speaking = false,
  speakingLabel,
  mutedLabel,
  noPictureLabel,
  children,
}: VideoTileProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element || !track) return;
    element.srcObject = new MediaStream([track]);
    return () => {
      element.srcObject = null;
    };
  }, [track]);

  return (
    <figure className="video-tile" data-speaking={speaking} aria-label={name}>
      {track ? (
        <video
          ref={video}
          className="video-tile-picture"
          style={{ objectFit: fit, transform: mirrored ? 'scaleX(-1)' : 'none' }}
          autoPlay
          playsInline
          muted
        />
      ) : (
        <div className="video-tile-empty">
          <span className="video-tile-initial" aria-hidden="true">
            {[...name].slice(0, 1).join('')}
          </span>
          <span>{noPictureLabel}</span>
        </div>
      )}
      <figcaption className="video-tile-caption">
        <span className="video-tile-name">{name}</span>
        {detail !== undefined && <span className="video-tile-detail">{detail}</span>}
        {mutedLabel !== null && <span className="video-tile-state">{mutedLabel}</span>}
        {speaking && <span className="video-tile-state">{speakingLabel}</span>}
      </figcaption>
      {children}
    </figure>
  );
}
