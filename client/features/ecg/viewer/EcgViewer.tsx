import { startTransition, Suspense, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import type { EcgViewState, ViewPointer } from '../../../../shared/contracts/viewing.ts';
import { caliperPlaces } from './caliper-geometry.ts';
import { CaliperList } from './CaliperList.tsx';
import { CaliperOverlay, MarchingMarks } from './CaliperOverlay.tsx';
import { EcgPaper } from './EcgPaper.tsx';
import { AverageBeats, PrintedEcg } from './later-parts.ts';
import { EcgStatusBar } from './EcgStatusBar.tsx';
import { EcgToolbar } from './EcgToolbar.tsx';
import { LeadNames } from './LeadNames.tsx';
import type { PrintedRecording } from './PrintedEcg.tsx';
import { actingFilters } from '../../../../shared/ecg/display-filters.ts';
import { calibrationStripMm, pageSeconds } from '../../../../shared/ecg/paper-geometry.ts';
import { RecordingPan } from './RecordingPan.tsx';
import { HiddenPointers, placePointers, RemotePointers } from './RemotePointers.tsx';
import type { RemotePointer } from './RemotePointers.tsx';
import { ReadingControls } from './ReadingControls.tsx';
import { ScreenCalibration } from '../../screen/ScreenCalibration.tsx';
import type { LongRecording } from './long-recording.ts';
import { LoadingPage } from './LoadingPage.tsx';
import { useCaliperEdits } from './use-caliper-edits.ts';
import { usePaperGestures } from './use-paper-gestures.ts';
import { useFirstPaint } from './use-first-paint.ts';
import { usePaperCaption } from './use-paper-caption.ts';
import { usePaper } from './use-paper.ts';
import { useViewerKeys } from './use-viewer-keys.ts';
import { useViewScale } from './use-view-scale.ts';
import { applyViewCommand, latestStart } from './view-commands.ts';
import type { ViewCommand, ViewedRecording } from './view-commands.ts';
import './calipers.css';
import './ecg-viewer.css';

export interface EcgViewerProps {
  ecgId: string;
  document: EcgDocument;
  /** The view, owned by the parent: alone it is local state, in a consult it is what everybody sees. */
  state: EcgViewState;
  onStateChange: (next: EcgViewState) => void;
  /** False while somebody else leads: the view is read-only and follows. */
  canLead: boolean;
  remotePointers: RemotePointer[];
  /** At most 30 times a second; `{ kind: 'none' }` when the pointer leaves the paper. */
  onPointerMove: (pointer: ViewPointer) => void;
  theme: 'light' | 'dark';
  header?: ReactNode;
  compact?: boolean;
  /** Buttons of the page's own, in the toolbar. They ask for the view when they need it: it changes at every drag. */
  renderTools?: (viewNow: () => EcgViewState) => ReactNode;
  /** Of a recording of which `document` has a part. */
  long?: LongRecording | null;
  /** Whose recording it is and where it comes from, for the printed sheet. */
  loadPrinted?: () => Promise<PrintedRecording>;
}

/**
 * One ECG on paper. Fills its parent's height when that has one. Root attributes for tests and measuring: data-ecg-id,
 * data-layout, data-speed, data-gain, data-px-per-mm, data-scale-percent, data-following, data-first-paint-ms.
 */
export function EcgViewer(props: EcgViewerProps) {
  // A new recording starts afresh: nothing selected, nothing held, its own first paint.
  return <Viewer key={props.ecgId} {...props} />;
}

function Viewer(props: EcgViewerProps) {
  const { ecgId, document, state, onStateChange, canLead, remotePointers, onPointerMove, theme, header, renderTools } =
    props;
  const compact = props.compact ?? false;
  const long = props.long ?? null;
  const { t } = useTranslation();
  const root = useRef<HTMLElement>(null);
  const viewport = useRef<HTMLDivElement>(null);
  const overlay = useRef<SVGSVGElement>(null);
  const [hasTool, setHasTool] = useState(() => !window.matchMedia?.('(pointer: coarse)').matches);
  const [isCalibrating, setIsCalibrating] = useState(false);
  // The trace comes first: the ordinary controls, whose styles cost several times as much, follow it.
  const [hasControls, setHasControls] = useState(false);
  const showControls = useCallback(() => startTransition(() => setHasControls(true)), []);
  const onPainted = useFirstPaint(root, showControls);

  // By its groups: a parent may well make the document around them anew at each render.
  const { groups } = document;
  const { waveform } = state;
  const { leads, drawnLeads, paper, singleLead } = usePaper(groups, state, long?.durationSeconds);
  const recording = useMemo<ViewedRecording>(
    () => ({
      durationSeconds: leads.durationSeconds,
      rhythmLead: leads.rhythmLead,
      leadNames: new Set(leads.byName.keys()),
      extraLeads: leads.extra,
      hasMedianBesideRhythm: leads.hasMedianBesideRhythm,
    }),
    [leads],
  );
  const { layout, speedMmPerSecond, gainMmPerMillivolt, startSeconds, leadOrder } = state;
  const lowestRate = useMemo(() => Math.min(...[...leads.byName.values()].map((lead) => lead.sampleRateHz)), [leads]);
  const caption = usePaperCaption(state, actingFilters(state, lowestRate), long);
  const everydayWidthMm = calibrationStripMm(25) + pageSeconds * 25 + 5;
  const scale = useViewScale(viewport, paper.widthMm, everydayWidthMm);
  const { pixelsPerMm } = scale;
  const places = useMemo(
    () => state.calipers.flatMap((caliper) => caliperPlaces(paper, caliper)),
    [paper, state.calipers],
  );
  const pointers = placePointers(paper, ecgId, remotePointers);

  // Several changes can come between two renders (a drag reports every frame): each builds on the one before.
  const newest = useRef(state);
  // Parents make their handlers anew at each render; what is handed on stays the same, or all controls would render.
  const tellState = useRef(onStateChange);
  useLayoutEffect(() => {
    newest.current = state;
    tellState.current = onStateChange;
  }, [state, onStateChange]);
  const viewNow = useCallback(() => newest.current, []);
  const change = useCallback((next: EcgViewState) => {
    if (next === newest.current) return;
    newest.current = next;
    tellState.current(next);
  }, []);
  const command = useCallback(
    (what: ViewCommand) => {
      if (canLead) change(applyViewCommand(newest.current, what, recording));
    },
    [canLead, change, recording],
  );
  const { calipers } = state;
  const editing = useCaliperEdits({ root, paper, leads, canLead, calipers, viewNow, change });
  const { selectedId, select, remove } = editing;
  const gestures = usePaperGestures({
    paper,
    state,
    places,
    pixelsPerMm,
    selectedId,
    canLead,
    hasCaliperTool: hasTool,
    isLeadPresent: (name) => leads.byName.has(name),
    viewport,
    overlay,
    onCalipers: editing.edit,
    onSelect: select,
    onPointerMove,
  });

  /** The selected caliper marches, or the last one; a second time none does. */
  const march = useCallback(() => {
    const { calipers, marchingCaliperId } = newest.current;
    const id = selectedId ?? calipers.at(-1)?.id ?? null;
    command({ do: 'march', caliperId: marchingCaliperId === id ? null : id });
  }, [command, selectedId]);
  const [isPrinting, setIsPrinting] = useState(false);
  const print = useCallback(() => setIsPrinting(true), []);
  const stopPrinting = useCallback(() => setIsPrinting(false), []);
  const toggleTool = useCallback(() => setHasTool((on) => !on), []);
  const deleteSelected = useCallback(() => remove(selectedId), [remove, selectedId]);
  const onKeyDown = useViewerKeys({
    root,
    viewport,
    durationSeconds: leads.durationSeconds,
    canLead,
    hasTool,
    onCommand: command,
    onToggleTool: toggleTool,
    onDelete: deleteSelected,
    onPlaceCaliper: editing.place,
    onMarch: march,
    onPrint: print,
    onEscape: () => {
      const wasHeld = gestures.cancel();
      select(null);
      return wasHeld || selectedId !== null;
    },
  });

  const widthPx = paper.widthMm * pixelsPerMm;
  const heightPx = paper.heightMm * pixelsPerMm;
  const marching = state.calipers.find((caliper) => caliper.id === state.marchingCaliperId);
  return (
    <section
      ref={root}
      className={`ecg-viewer ecg-viewer--${theme}${compact ? ' ecg-viewer--compact' : ''}`}
      tabIndex={0}
      aria-label={t('ecg.viewer.label')}
      data-ecg-id={ecgId}
      data-layout={layout}
      data-speed={speedMmPerSecond}
      data-gain={gainMmPerMillivolt}
      data-lead-order={leadOrder}
      data-filters={caption.filters}
      data-px-per-mm={pixelsPerMm}
      data-scale-percent={scale.percent}
      data-following={!canLead}
      onKeyDown={onKeyDown}
    >
      {header !== undefined && <div className="ecg-viewer__header">{header}</div>}
      <div className="ecg-viewer__toolbar-place">
        {hasControls && (
          <EcgToolbar
            theme={theme}
            layout={layout}
            speed={speedMmPerSecond}
            gain={gainMmPerMillivolt}
            leadOrder={leadOrder}
            highPassHz={state.highPassHz}
            lowPassHz={state.lowPassHz}
            notchHz={state.notchHz}
            waveform={leads.hasMedianBesideRhythm ? waveform : null}
            hasAverageBeats={state.hasAverageBeats}
            canMarch={state.calipers.length > 0}
            isMarching={marching !== undefined}
            renderTools={renderTools}
            viewNow={viewNow}
            onMarch={march}
            onPrint={print}
            canLead={canLead}
            compact={compact}
            hasCaliperTool={hasTool}
            canDelete={selectedId !== null}
            onCommand={command}
            onToggleTool={toggleTool}
            onDelete={deleteSelected}
          />
        )}
      </div>
      <div className={`ecg-viewer__stage${state.hasAverageBeats ? ' ecg-viewer__stage--with-beats' : ''}`}>
        <div ref={viewport} className="ecg-viewer__viewport">
          <div className="ecg-viewer__sheet" style={{ width: widthPx, height: heightPx }}>
            {scale.isMeasured && (
              <EcgPaper
                paper={paper}
                leads={drawnLeads}
                pixelsPerMm={pixelsPerMm}
                devicePixelRatio={scale.devicePixelRatio}
                theme={theme}
                caption={caption.whole}
                onPainted={onPainted}
              />
            )}
            <svg
              ref={overlay}
              className={`ecg-viewer__overlay${canLead && hasTool ? ' ecg-viewer__overlay--measuring' : ''}`}
              width={widthPx}
              height={heightPx}
              {...gestures.handlers}
            >
              {paper.slots.map((slot) => (
                <rect
                  key={slot.key}
                  className="ecg-viewer__slot"
                  data-slot={slot.lead}
                  data-from={slot.fromSeconds}
                  data-to={slot.toSeconds}
                  data-absent={!leads.byName.has(slot.lead)}
                  x={slot.leftMm * pixelsPerMm}
                  y={slot.topMm * pixelsPerMm}
                  width={slot.widthMm * pixelsPerMm}
                  height={(slot.bottomMm - slot.topMm) * pixelsPerMm}
                />
              ))}
              {canLead && (
                <LeadNames
                  paper={paper}
                  leads={leads.byName}
                  pixelsPerMm={pixelsPerMm}
                  onLead={(lead) => command({ do: 'single', lead })}
                />
              )}
              {marching && <MarchingMarks paper={paper} caliper={marching} pixelsPerMm={pixelsPerMm} />}
              <CaliperOverlay
                places={places}
                pixelsPerMm={pixelsPerMm}
                paperWidthPx={widthPx}
                selectedId={selectedId}
                canEdit={canLead}
                onNudge={editing.nudge}
                onSelect={select}
              />
              <RemotePointers pointers={pointers} pixelsPerMm={pixelsPerMm} paperWidthPx={widthPx} />
            </svg>
          </div>
          <HiddenPointers pointers={pointers} />
        </div>
        {long && <LoadingPage state={long.state} theme={theme} onRetry={long.onRetry} />}
        {state.hasAverageBeats && (
          <Suspense fallback={null}>
            <AverageBeats
              groups={groups}
              isPart={long !== null}
              moved={state.beatMarks}
              pixelsPerMm={scale.screen.pixelsPerMm}
              theme={theme}
              canLead={canLead}
              onCommand={command}
            />
          </Suspense>
        )}
      </div>
      <CaliperList
        calipers={state.calipers}
        leads={leads.byName}
        leadOrder={leadOrder}
        selectedId={selectedId}
        canEdit={canLead}
        onSelect={select}
        onDelete={remove}
      />
      {latestStart(leads.durationSeconds) > 0 && (
        <div className="ecg-viewer__pan-place">
          {hasControls && (
            <RecordingPan
              startSeconds={startSeconds}
              durationSeconds={leads.durationSeconds}
              overviewLead={leads.byName.get(layout === 'single' ? singleLead : leads.rhythmLead)}
              long={long}
              canLead={canLead}
              theme={theme}
              onCommand={command}
            />
          )}
        </div>
      )}
      <EcgStatusBar
        state={state}
        leads={leads}
        canLead={canLead}
        filters={caption.filters}
        percent={scale.percent}
        mode={scale.mode}
        isCalibrated={scale.screen.isCalibrated}
        onMode={scale.setMode}
        onCalibrate={() => setIsCalibrating(true)}
        onCommand={command}
      />
      {isPrinting && (
        <Suspense fallback={null}>
          <PrintedEcg
            paper={paper}
            leads={drawnLeads}
            caption={caption.whole}
            document={document}
            loadPrinted={props.loadPrinted}
            onDone={stopPrinting}
          />
        </Suspense>
      )}
      {isCalibrating && (
        <ReadingControls theme={theme}>
          <ScreenCalibration
            pixelsPerMm={scale.screen.pixelsPerMm}
            onCancel={() => setIsCalibrating(false)}
            onDone={(measured) => {
              scale.calibrate(measured);
              setIsCalibrating(false);
            }}
          />
        </ReadingControls>
      )}
    </section>
  );
}
