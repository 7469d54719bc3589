import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { joinCall, type Call } from '../../call/call.ts';
import type { DeviceProblem, OwnSource } from '../../call/call-state.ts';
import { useCall } from '../../call/use-call.ts';
import { VideoTile } from '../../call/VideoTile.tsx';
import { useConnection, useSession } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';

/** The room: everybody's picture and voice, and this side's microphone, camera and screen. */
export function CaseCall({
  consultId,
  call,
  onCall,
}: {
  consultId: string;
  call: Call | null;
  onCall: (call: Call | null) => void;
}) {
  const { t } = useTranslation();
  const connection = useConnection();
  const session = useSession();
  const state = useCall(call);
  const [enlarged, setEnlarged] = useState<string | null>(null);
  useEffect(() => () => call?.leave(), [call]);
  useEffect(() => {
    if (enlarged === null) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setEnlarged(null);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [enlarged]);

  if (call === null) {
    return (
      <section className="case-call" aria-label={t('case.call.title')}>
        <Button
          type="primary"
          block
          size="large"
          data-testid="join-call"
          onClick={() => onCall(joinCall({ line: connection, consultId }))}
        >
          {t('case.call.join')}
        </Button>
      </section>
    );
  }
  const labels = { speakingLabel: t('case.call.speaking'), noPictureLabel: t('case.call.noPicture') };
  const problems = [
    ...new Set(
      (['microphone', 'camera', 'screen'] as const).flatMap((source) =>
        state.own[source].problem === null
          ? []
          : [`${source}.${state.own[source].problem satisfies DeviceProblem | null}`],
      ),
    ),
  ];
  return (
    <section
      className="case-call"
      aria-label={t('case.call.title')}
      data-testid="call"
      data-connection={state.connection}
      data-peers={state.peers.length}
    >
      {state.connection !== 'connected' && (
        <MessageBox
          tone={state.connection === 'failed' ? 'trouble' : 'caution'}
          shape={state.connection === 'failed' ? 'triangle' : 'ring'}
          live="polite"
        >
          <p>
            {state.connection === 'failed'
              ? t('case.call.failed', {
                  reason: t(`errors.${state.refusal ?? 'call-unavailable'}`, { defaultValue: state.refusal ?? '' }),
                })
              : t(`case.call.${state.connection}`)}
          </p>
        </MessageBox>
      )}
      {state.soundBlocked && (
        <MessageBox tone="caution" shape="silent" live="assertive">
          <Button onClick={() => call.allowSound()}>{t('case.call.allowSound')}</Button>
        </MessageBox>
      )}
      <div className="case-tiles">
        {state.peers.flatMap((peer) => [
          ...(peer.screen === null
            ? []
            : [
                <div
                  key={`${peer.peerId} screen`}
                  className="case-tile case-tile-screen"
                  data-enlarged={enlarged === `${peer.peerId} screen`}
                >
                  <VideoTile
                    {...labels}
                    track={peer.screen}
                    fit="contain"
                    name={t('case.call.screenOf', { name: peer.name })}
                    mutedLabel={null}
                  >
                    <EnlargeButton of={`${peer.peerId} screen`} enlarged={enlarged} onEnlarge={setEnlarged} />
                  </VideoTile>
                </div>,
              ]),
          <div
            key={peer.peerId}
            className="case-tile"
            data-testid="peer-tile"
            data-peer-name={peer.name}
            data-enlarged={enlarged === peer.peerId}
          >
            <VideoTile
              {...labels}
              track={peer.camera}
              name={peer.name}
              detail={peer.organisation}
              speaking={peer.speaking}
              mutedLabel={peer.microphone === 'on' ? null : t('case.call.muted')}
            >
              <EnlargeButton of={peer.peerId} enlarged={enlarged} onEnlarge={setEnlarged} />
            </VideoTile>
          </div>,
        ])}
        <div className="case-tile case-tile-own" data-testid="own-tile">
          <VideoTile
            {...labels}
            track={state.own.camera.track}
            mirrored
            name={t('case.call.you', { name: session.name })}
            speaking={state.ownSpeaking}
            mutedLabel={state.own.microphone.state === 'on' ? null : t('case.call.muted')}
          />
        </div>
      </div>
      {state.connection === 'connected' && state.peers.length === 0 && (
        <p className="secondary">{t('case.call.alone')}</p>
      )}
      {problems.map((problem) => (
        <p key={problem} className="case-device-problem" data-testid="device-problem">
          {t(`case.call.problem.${problem}`)}
        </p>
      ))}
      <div className="case-call-controls">
        <Switch
          source={state.own.microphone}
          on={t('case.call.microphoneOn')}
          off={t('case.call.microphoneOff')}
          testId="toggle-microphone"
          onSwitch={(wanted) => void call.setMicrophone(wanted)}
        />
        <Switch
          source={state.own.camera}
          on={t('case.call.cameraOn')}
          off={t('case.call.cameraOff')}
          testId="toggle-camera"
          onSwitch={(wanted) => void call.setCamera(wanted)}
        />
        <Switch
          source={state.own.screen}
          on={t('case.call.screenOn')}
          off={t('case.call.screenOff')}
          testId="toggle-screen"
          onSwitch={(wanted) => void call.shareScreen(wanted)}
        />
        <Button data-testid="leave-call" onClick={() => onCall(null)}>
          {t('case.call.leave')}
        </Button>
      </div>
    </section>
  );
}

function EnlargeButton({
  of,
  enlarged,
  onEnlarge,
}: {
  of: string;
  enlarged: string | null;
  onEnlarge: (of: string | null) => void;
}) {
  const { t } = useTranslation();
  return (
    <button type="button" className="case-enlarge" onClick={() => onEnlarge(enlarged === of ? null : of)}>
      {t(enlarged === of ? 'case.call.smaller' : 'case.call.larger')}
    </button>
  );
}

function Switch(props: {
  source: OwnSource;
  on: string;
  off: string;
  testId: string;
  onSwitch: (wanted: boolean) => void;
}) {
  const isOn = props.source.state === 'on';
  return (
    <Button
      aria-pressed={isOn}
      data-testid={props.testId}
      data-state={props.source.state}
      loading={props.source.state === 'starting'}
      onClick={() => props.onSwitch(!isOn)}
    >
      {isOn ? props.on : props.off}
    </Button>
  );
}
