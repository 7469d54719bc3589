import { useEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { joinCall, type Call } from '../../../client/call/call.ts';
import type { CallLine } from '../../../client/call/call-line.ts';
import { useCall } from '../../../client/call/use-call.ts';
import { VideoTile } from '../../../client/call/VideoTile.tsx';
import { Connection } from '../../../client/connection/connection.ts';

declare global {
  interface Window {
    call: Call;
    /** Peak of all voices that play, 0 to 1, listened to until it is `enough`, but no longer than so long. */
    peak(forMs: number, enough?: number): Promise<number>;
    /** Frames that a tile has shown since it is there. */
    framesOf(label: string): number;
    /** What a tile shows now: size, number of different colours (4 bits a channel) and a checksum. */
    pictureOf(label: string): { width: number; height: number; checksum: number; colours: number };
    sound: Map<string, MediaStreamTrack>;
  }
}

const parameters = new URLSearchParams(location.search);
const name = parameters.get('name') ?? '';
const connection = new Connection({ accountId: 'a0000000000000000000000a', windowId: name });
const line: CallLine = connection;
connection.open();

/** What the voices play, caught where the call plays them. */
window.sound = new Map();
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
  const track = this.srcObject instanceof MediaStream ? this.srcObject.getAudioTracks()[0] : undefined;
  if (track) window.sound.set(track.id, track);
  return play.call(this);
};

function Picture({ label, children }: { label: string; children: React.ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const count = (_now: number, _meta: unknown, video?: HTMLVideoElement) => {
      const element = video ?? frame.current?.querySelector('video');
      if (!element || !frame.current) return;
      frame.current.dataset.frames = String(Number(frame.current.dataset.frames ?? 0) + 1);
      element.requestVideoFrameCallback((now, meta) => count(now, meta, element));
    };
    let followed: HTMLVideoElement | null = null;
    const look = setInterval(() => {
      const element = frame.current?.querySelector('video') ?? null;
      if (element && element !== followed) element.requestVideoFrameCallback((now, meta) => count(now, meta, element));
      followed = element;
    }, 50);
    return () => clearInterval(look);
  }, []);
  return (
    <div ref={frame} data-picture={label} style={{ width: 320 }}>
      {children}
    </div>
  );
}

function Screen({ call }: { call: Call }) {
  const { peers, own, connection: state, refusal, ownSpeaking, soundBlocked } = useCall(call);
  const words = { speakingLabel: 'speaking', noPictureLabel: 'no picture' };
  const problems = [own.microphone, own.camera, own.screen].map(({ problem }) => problem ?? 'none').join(' ');
  return (
    <>
      <p data-state={state} data-refusal={refusal} data-problems={problems} data-blocked={soundBlocked}>
        {state} {ownSpeaking ? 'speaking' : ''}
      </p>
      <VideoTile
        {...words}
        name={name}
        mirrored
        track={own.camera.track}
        mutedLabel={own.microphone.state === 'on' ? null : 'muted'}
      />
      {peers.map((peer) => (
        <section
          key={peer.peerId}
          data-peer={peer.name}
          data-microphone={peer.microphone}
          data-speaking={peer.speaking}
        >
          <Picture label={`${peer.name} camera`}>
            <VideoTile
              {...words}
              name={peer.name}
              detail={peer.organisation}
              track={peer.camera}
              speaking={peer.speaking}
              mutedLabel={peer.microphone === 'muted' ? 'muted' : null}
            />
          </Picture>
          {peer.screen && (
            <Picture label={`${peer.name} screen`}>
              <VideoTile {...words} name={peer.name} fit="contain" track={peer.screen} mutedLabel={null} />
            </Picture>
          )}
        </section>
      ))}
    </>
  );
}

const frameOf = (label: string) => document.querySelector<HTMLElement>(`[data-picture="${label}"]`);
window.framesOf = (label) => Number(frameOf(label)?.dataset.frames ?? 0);
window.pictureOf = (label) => {
  const video = frameOf(label)?.querySelector('video');
  const none = { width: 0, height: 0, checksum: 0, colours: 0 };
  if (!video || video.videoWidth === 0) return none;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return none;
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set<number>();
  let checksum = 0;
  for (let at = 0; at < data.length; at += 4) {
    const colour = ((data[at] ?? 0) >> 4) * 256 + ((data[at + 1] ?? 0) >> 4) * 16 + ((data[at + 2] ?? 0) >> 4);
    colours.add(colour);
    checksum = (checksum * 31 + colour) | 0;
  }
  const { width, height } = canvas;
  return { width, height, checksum, colours: colours.size };
};

window.peak = async (forMs, enough = 1) => {
  const context = new AudioContext();
  await context.resume();
  const analyser = context.createAnalyser();
  for (const track of window.sound.values()) {
    if (track.readyState === 'live') context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  }
  const samples = new Float32Array(analyser.fftSize);
  let peak = 0;
  const end = performance.now() + forMs;
  while (peak < enough && performance.now() < end) {
    await new Promise((settle) => setTimeout(settle, 20));
    analyser.getFloatTimeDomainData(samples);
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  }
  await context.close();
  return peak;
};

window.call = joinCall({ line, consultId: parameters.get('consult') ?? '' });
// Told by a request: any script sent into the page to ask would count as a gesture of the person.
window.call.state.subscribe(() => {
  if (window.call.state.get().soundBlocked) void fetch('/sound-blocked');
});
const root = document.createElement('main');
document.body.append(root);
createRoot(root).render(<Screen call={window.call} />);
