import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImagingViewState, ViewPointer } from '../../../../shared/contracts/viewing.ts';
import type { ScreenSize } from './geometry.ts';
import './styles/viewer-room.css';
import './styles/toolbar.css';
import './styles/picture-tools.css';
import './styles/measurement-list.css';
import './styles/toolbar-fields.css';
import './styles/series-strip.css';
import './styles/panes.css';
import './styles/planes.css';
import './styles/image-overlay.css';
import './styles/measurement-layer.css';
import './styles/messages.css';
import './styles/key-help.css';
import './styles/narrow.css';
import { ImagePreview } from './ImagePreview.tsx';
import { KeyHelp } from './KeyHelp.tsx';
import { liesOn, type Measurement } from './measurement.ts';
import type { RemotePointer } from './MeasurementLayer.tsx';
import { SeriesStrip } from './SeriesStrip.tsx';
import { frameKey, type FrameAddress, type ViewerSeries } from './series-frames.ts';
import { initialTool, type Tool } from './tools.ts';
import { handleKey, handleKeyUp } from './use-keyboard.ts';
import { useDrawnPicture } from './use-drawn-picture.ts';
import { useFrameStore } from './use-frame-store.ts';
import { useThrottled } from './use-latest.ts';
import { useThumbnails } from './use-thumbnails.ts';
import { middleOf, useViewState } from './use-view-state.ts';
import { nextLayout } from './panes.ts';
import { listMeasurements } from './listed-measurements.ts';
import { MeasurementList } from './MeasurementList.tsx';
import { slabBy } from './reformat/plane-state.ts';
import { listOnPlanes, type ListedOnPicture } from './reformat/planes-as-series.ts';
import { useReformat } from './reformat/use-reformat.ts';
import { useMeasurementHistory } from './use-measurement-history.ts';
import { MarksMenu, type ViewerExports } from './MarksMenu.tsx';
import { useMarksInView, type KeptMarks } from './use-marks-in-view.ts';
import { cineSpeedBy, USUAL_CINE_SPEED } from './cine.ts';
import {
  actualSize,
  addMeasurement,
  fit,
  flip,
  removeMeasurement,
  resetView,
  rotate,
  trueSize,
} from './viewer-state.ts';
import { DisplayWarning } from '../../screen/DisplayWarning.tsx';
import { useScreenCheck } from '../../screen/use-screen-check.tsx';
import { useScreenScale } from '../../screen/use-screen-scale.ts';
import { ViewerToolbar, type PictureStep } from './ViewerToolbar.tsx';
import { ViewerPanes } from './ViewerPanes.tsx';
import { windowPresets } from './window-level.ts';

export interface ImagingViewerProps {
  /** Address of the DICOMweb service, e.g. `/dicom-web`. */
  root: string;
  series: ViewerSeries[];
  /** Study Instance UID of what it opens with; otherwise the newest study. */
  readFirst?: string;
  /** The shared view: drawn while following, else only what the viewer opens with. */
  state: ImagingViewState | null;
  /** Every own change, at most 25 times a second; never called while following. */
  onStateChange(next: ImagingViewState): void;
  /** This side's changes are what the others follow. */
  canLead: boolean;
  /** The given state is drawn and only the own pointer is left to this side. */
  following: boolean;
  remotePointers: RemotePointer[];
  onPointerMove(pointer: ViewPointer): void;
  requestHeaders?: Record<string, string>;
  /** Name and number of the patient, for the corner of the picture. */
  patientLabel?: ReactNode;
  /** Measurements and key images that are kept beyond this view. */
  marks?: KeptMarks;
  exports?: ViewerExports;
}

const POINTER_EVERY_MS = 40;
const NO_HEADERS: Record<string, string> = {};
const NO_SCREEN: ScreenSize = { width: 1, height: 1 };

/**
 * The DICOM viewer. The root element tells in data attributes what is really drawn: data-series-uid,
 * data-sop-instance-uid, data-frame, data-window-center, data-window-width, data-zoom, data-invert, data-rotation,
 * data-mirrored, data-first-image-ms; while no picture stands on the screen data-sop-instance-uid is absent.
 */
export default function ImagingViewer(props: ImagingViewerProps) {
  const { series, following, remotePointers, patientLabel } = props;
  const { t } = useTranslation();
  const thumbnailOf = useThumbnails(props.root, props.requestHeaders ?? NO_HEADERS, series);
  const store = useFrameStore(props.root, props.requestHeaders ?? NO_HEADERS);
  const base = useViewState({
    ...{ store, series, readFirst: props.readFirst, given: props.state, following },
    onStateChange: props.onStateChange,
  });
  const cut = useReformat(base, store);
  const { reformat } = cut;
  const view = cut.view ?? base;
  const { state, wanted, frames, wantedState, activeSeries, panes, active } = view;
  const sliceHistory = useMeasurementHistory(base.state, base.change, following);
  const planeHistory = useMeasurementHistory(state, view.change, following || !cut.view);
  const history = cut.view ? planeHistory : sliceHistory;
  const { change } = history;
  const { marks } = props;
  // What is drawn on cut planes is on no stored image: it stays in the shared view.
  useMarksInView(base.state, base.change, following, marks, sliceHistory.adopt);
  const isKeyImage = (address: FrameAddress | undefined): boolean =>
    address !== undefined && (marks?.keyImages.has(frameKey(address)) ?? false);
  const toggleKeyImage = (): void => {
    if (wanted && !cut.view) marks?.setKeyImage(wanted, !isKeyImage(wanted));
  };
  const [chosenTool, setTool] = useState<Tool>();
  const tool = chosenTool ?? initialTool(frames.length);
  const [draft, setDraft] = useState<Measurement | null>(null);
  const [crosshair, setCrosshair] = useState<{ column: number; row: number } | null>(null);
  const [selectedId, select] = useState<string | null>(null);
  const [editingId, setEditingId] = useState<string | null>(null);
  const [helpOpen, setHelpOpen] = useState(false);
  const [listOpen, setListOpen] = useState(false);
  const [screens, setScreens] = useState<readonly ScreenSize[]>([]);
  const screen = screens[active] ?? NO_SCREEN;
  const { root, drawn, onDrawn } = useDrawnPicture(change);

  // A half-drawn measurement belongs to its tool and its picture.
  const draftStands = draft === null || view.panes.some(({ wanted: one }) => one !== undefined && liesOn(draft, one));
  const draftKey = `${tool}/${draftStands}/${following}`;
  const [draftFor, setDraftFor] = useState(draftKey);
  if (draftFor !== draftKey) {
    setDraftFor(draftKey);
    setDraft(null);
    setCrosshair(null);
  }

  const frame =
    wantedState.state === 'ready'
      ? wantedState.frame
      : wantedState.state === 'failed' || drawn?.seriesUid !== wanted?.seriesInstanceUid
        ? null
        : undefined;
  const shownFrame = frame === null ? undefined : (frame ?? drawn?.frame);
  useEffect(() => {
    if (frame === null) delete root.current?.dataset.sopInstanceUid;
  }, [root, frame]);

  const [width, setWidth] = useState<'wide' | 'medium' | 'narrow'>('wide');
  useEffect(() => {
    const element = root.current!;
    const observer = new ResizeObserver(() => setWidth(widthClass(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [root]);

  const screenScale = useScreenScale();
  const sendPointer = useThrottled(props.onPointerMove, POINTER_EVERY_MS);
  const stepSeries = (by: 1 | -1): void => {
    const next = series[series.findIndex((one) => one === activeSeries) + by];
    if (next) view.openSeries(next);
  };
  const [hover, setHover] = useState<{ column: number; row: number } | null>(null);
  const [cineSpeed, setCineSpeed] = useState(USUAL_CINE_SPEED);
  const runCineAt = (framesPerSecond: number): void => {
    setCineSpeed(framesPerSecond);
    change((now) => (now.cineFramesPerSecond === null ? now : { ...now, cineFramesPerSecond: framesPerSecond }));
  };
  const toggleCine = (): void =>
    cut.view
      ? undefined
      : change((now) => ({ ...now, cineFramesPerSecond: now.cineFramesPerSecond === null ? cineSpeed : null }));
  const changePicture = (step: PictureStep): void =>
    change((now) => {
      if (step === 'rotate') return rotate(now, 1);
      if (step === 'flip-horizontal') return flip(now, 'horizontal');
      if (step === 'flip-vertical') return flip(now, 'vertical');
      if (!shownFrame) return now;
      if (step === 'true-size') return trueSize(now, shownFrame, screen, screenScale.pixelsPerMm);
      return step === 'fit' ? fit(now, shownFrame) : actualSize(now, shownFrame, screen, devicePixelRatio || 1);
    });
  const screenCheck = useScreenCheck((pixelsPerMm) =>
    change((now) => (shownFrame ? trueSize(now, shownFrame, screen, pixelsPerMm) : now)),
  );
  const showTrueSize = (): void =>
    screenScale.isCalibrated ? changePicture('true-size') : screenCheck.calibrate({ thenTrueSize: true });
  const finish = (measurement: Measurement): void => {
    change((now) => addMeasurement(now, measurement));
    select(measurement.id);
    if (measurement.type === 'text' || measurement.type === 'arrow') setEditingId(measurement.id);
  };
  const remove = (id: string): void => {
    change((now) => removeMeasurement(now, id));
    select(null);
  };
  const elsewhere = remotePointers.flatMap(({ id, name, color, pointer }) => {
    if (pointer.kind !== 'imaging') return [];
    if (panes.some(({ wanted: one }) => one?.sopInstanceUid === pointer.sopInstanceUid)) return [];
    const place = frames.findIndex(({ sopInstanceUid }) => sopInstanceUid === pointer.sopInstanceUid) + 1;
    return [{ id, name, color, place }];
  });
  const listedOnImages = (): ListedOnPicture[] =>
    listMeasurements(state?.measurements ?? [], series, view.framesOfSeries).map((one) => {
      const held = one.address && store.stateOf(one.address);
      return { ...one, frame: held?.state === 'ready' ? held.frame : undefined };
    });
  const listedOnPlanes = (): ListedOnPicture[] =>
    listOnPlanes(state?.measurements ?? [], panes, (plane) => t(`imaging.viewer.reformat.plane.${plane}`));
  const listed = !listOpen ? [] : cut.view ? listedOnPlanes() : listedOnImages();
  const toggleList = (): void => setListOpen((open) => !open);
  const toggleHelp = (): void => setHelpOpen((open) => !open);

  return (
    <div
      className="iv-root"
      ref={root}
      tabIndex={0}
      role="application"
      aria-label={t('imaging.viewer.name')}
      data-testid="imaging-viewer"
      data-following={following}
      data-width={width}
      data-leading={props.canLead && !following}
      onPointerDown={() => root.current?.focus({ preventScroll: true })}
      onKeyDown={(event) =>
        handleKey(event, {
          frame: shownFrame,
          state,
          frames,
          screen,
          tool,
          locked: following,
          draft,
          setDraft,
          crosshair,
          setCrosshair,
          selectedId,
          select,
          setTool,
          toggleHelp,
          toggleList,
          toggleKeyImage,
          toggleReformat: cut.toggle,
          trueSize: showTrueSize,
          nextProjection: cut.nextProjection,
          nextLayout: () => state && view.setLayout(nextLayout(state.layout)),
          nextPane: () => view.activate((active + 1) % panes.length),
          undo: history.undo,
          redo: history.redo,
          finish,
          change,
          stepSeries,
          hover,
          toggleCine,
          changeCineSpeed: (by) =>
            reformat
              ? cut.change((now) => slabBy(now, by))
              : runCineAt(cineSpeedBy(state?.cineFramesPerSecond ?? cineSpeed, by)),
        })
      }
      onKeyUp={(event) => handleKeyUp(event, { locked: following, change })}
      onBlur={() => handleKeyUp({ key: 'g' }, { locked: following, change })}
      data-layout={state?.layout}
      data-cine={state?.cineFramesPerSecond ?? undefined}
      data-reformat={cut.view ? reformat?.plane : undefined}
      data-slab={reformat?.slabMm}
      data-projection={reformat?.projection}
      data-position={reformat?.position.map((mm) => mm.toFixed(1)).join(' ')}
    >
      <ViewerToolbar
        tool={tool}
        state={state}
        presets={shownFrame ? windowPresets(shownFrame) : []}
        locked={following}
        canRemove={selectedId !== null}
        helpOpen={helpOpen}
        onTool={setTool}
        onPreset={({ windowCenter, windowWidth }) => change((current) => ({ ...current, windowCenter, windowWidth }))}
        onReset={() => shownFrame && change((current) => resetView(current, shownFrame))}
        onInvert={() => change((current) => ({ ...current, invert: !current.invert }))}
        frames={cut.view ? 0 : frames.length}
        cineSpeed={cineSpeed}
        onPicture={(step) => (step === 'true-size' ? showTrueSize() : changePicture(step))}
        hasMillimetres={shownFrame?.description.spacing !== undefined}
        onCalibrate={() => screenCheck.calibrate({ thenTrueSize: false })}
        onTestPattern={screenCheck.showPattern}
        onCine={toggleCine}
        onCineSpeed={runCineAt}
        onRemove={() => selectedId && remove(selectedId)}
        canUndo={history.canUndo}
        canRedo={history.canRedo}
        listOpen={listOpen}
        panes={cut.view ? 1 : panes.length}
        reformat={{
          reformat,
          onToggle: cut.toggle,
          onSlab: (slabMm) => cut.change((now) => ({ ...now, slabMm })),
          onProjection: (projection) => cut.change((now) => ({ ...now, projection })),
        }}
        onLayout={view.setLayout}
        onLinked={() => change((now) => ({ ...now, linked: !now.linked }))}
        onReferenceLines={() => change((now) => ({ ...now, referenceLines: !now.referenceLines }))}
        onUndo={history.undo}
        onRedo={history.redo}
        onList={toggleList}
        onHelp={toggleHelp}
        marks={
          marks && (
            <MarksMenu
              isKeyImage={isKeyImage(wanted)}
              disabled={!wanted || !marks.read || cut.view !== null}
              onKeyImage={toggleKeyImage}
              studyInstanceUid={activeSeries?.studyInstanceUid}
              exports={props.exports}
            />
          )
        }
      />
      {activeSeries && <DisplayWarning modality={activeSeries.modality} />}
      {screenCheck.dialogs}
      <div className="iv-body">
        <SeriesStrip
          series={series}
          activeUid={activeSeries?.seriesInstanceUid}
          readUid={props.readFirst}
          locked={following}
          images={(one) => view.framesOfSeries(one).length}
          keyImages={(one) => (marks?.keyImages.size ? view.framesOfSeries(one).filter(isKeyImage).length : 0)}
          thumbnailOf={thumbnailOf}
          pictureOf={(one) => {
            const middle = middleOf(view.framesOfSeries(one));
            const held = middle && store.stateOf(middle);
            return held?.state === 'ready' ? held.frame : undefined;
          }}
          onSelect={view.openSeries}
        />
        <ViewerPanes
          view={view}
          cut={cut}
          change={change}
          frame={frame}
          shownFrame={shownFrame}
          hasSeries={series.length > 0}
          tool={tool}
          locked={following}
          canLead={props.canLead}
          drawing={{ draft, setDraft, editingId, setEditingId, finish, crosshair, selectedId, select }}
          remotePointers={remotePointers}
          elsewhere={elsewhere}
          patientLabel={patientLabel}
          isKeyImage={isKeyImage}
          onPointer={sendPointer}
          onHover={setHover}
          onDrawn={onDrawn}
          onScreen={(index, size) => setScreens((before) => Object.assign([...before], { [index]: size }))}
          onRetry={(address) => store.retry(address)}
        >
          {panes.length === 1 && !cut.view && (
            <ImagePreview
              root={props.root}
              headers={props.requestHeaders ?? NO_HEADERS}
              wanted={wanted}
              wantedState={wantedState}
              modality={activeSeries?.modality}
              label={
                <>
                  {patientLabel} {activeSeries?.modality} {activeSeries?.description} {activeSeries?.studyDate}
                </>
              }
            />
          )}
          {helpOpen && <KeyHelp onClose={toggleHelp} />}
        </ViewerPanes>
        {listOpen && (
          <MeasurementList
            listed={listed}
            selectedId={selectedId}
            locked={following}
            onGoTo={({ id }) => {
              const found = listed.find(({ measurement }) => measurement.id === id);
              if (found?.address) view.openFrame(found.address);
              select(id);
            }}
            onRemove={({ id }) => remove(id)}
            onClose={toggleList}
          />
        )}
      </div>
    </div>
  );
}

/** How much room the toolbar and the strip have, in CSS pixels of the viewer. */
function widthClass(width: number): 'wide' | 'medium' | 'narrow' {
  return width > 1120 ? 'wide' : width > 620 ? 'medium' : 'narrow';
}
