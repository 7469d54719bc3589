import type { Dispatch, ReactNode, SetStateAction } from 'react';
import { useTranslation } from 'react-i18next';
import {
  reformatPlanes,
  type ImagingViewState,
  type ReformatPlane,
  type ViewPointer,
} from '../../../../shared/contracts/viewing.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import type { ScreenSize } from './geometry.ts';
import { KeyImageBadge } from './KeyImageBadge.tsx';
import type { Measurement } from './measurement.ts';
import type { RemotePointer } from './MeasurementLayer.tsx';
import { activatePane } from './panes.ts';
import { CrosshairLines } from './reformat/CrosshairLines.tsx';
import { pointOnSlice } from './reformat/plane-geometry.ts';
import { ReformatMessage } from './reformat/ReformatMessage.tsx';
import { useSlabWords } from './reformat/slab-words.ts';
import type { Reformat } from './reformat/use-reformat.ts';
import { frameIndex, type FrameAddress } from './series-frames.ts';
import type { Tool } from './tools.ts';
import type { ViewedPane, ViewStateOutput } from './use-view-state.ts';
import { ViewerMessages, type ViewerMessagesProps } from './ViewerMessages.tsx';
import { writeMeasurementText } from './viewer-state.ts';
import { ViewportPane } from './ViewportPane.tsx';

type Place = { column: number; row: number };

export interface ViewerPanesProps {
  view: ViewStateOutput;
  cut: Reformat;
  /** Of the active pane's view. */
  change(next: (state: ImagingViewState) => ImagingViewState): void;
  /** What the active pane is to show; null nothing, undefined what it shows already. */
  frame: DisplayFrame | null | undefined;
  shownFrame: DisplayFrame | undefined;
  hasSeries: boolean;
  tool: Tool;
  locked: boolean;
  canLead: boolean;
  drawing: {
    draft: Measurement | null;
    setDraft: Dispatch<SetStateAction<Measurement | null>>;
    editingId: string | null;
    setEditingId(id: string | null): void;
    finish(measurement: Measurement): void;
    crosshair: Place | null;
    selectedId: string | null;
    select(id: string | null): void;
  };
  remotePointers: readonly RemotePointer[];
  elsewhere: ViewerMessagesProps['elsewhere'];
  patientLabel: ReactNode;
  isKeyImage(address: FrameAddress | undefined): boolean;
  onPointer(pointer: ViewPointer): void;
  onHover(place: Place | null): void;
  onDrawn(frame: DisplayFrame, state: ImagingViewState): void;
  onScreen(index: number, screen: ScreenSize): void;
  onRetry(address: FrameAddress): void;
  children?: ReactNode;
}

/** All pictures beside each other: the panes of the layout, or the three planes of one series. */
export function ViewerPanes(props: ViewerPanesProps) {
  const { view, cut, change, locked, drawing } = props;
  const { t } = useTranslation();
  const slabWords = useSlabWords();
  const { state, panes, active } = view;
  const labelOf = ({ series }: ViewedPane, index: number, plane: ReformatPlane | undefined): string =>
    [
      plane && t(`imaging.viewer.reformat.plane.${plane}`),
      plane && cut.reformat && slabWords(cut.reformat),
      // The two small planes have no room for more.
      ...(plane && index > 0 ? [] : [series?.modality, series?.description, series?.studyDate]),
    ]
      .filter(Boolean)
      .join(' ');
  const changeOf = (index: number, plane: ReformatPlane | undefined, loaded: DisplayFrame | undefined) => {
    if (index === active) return change;
    return (next: (now: ImagingViewState) => ImagingViewState): void => {
      if (plane) view.activate(index);
      change(plane ? next : (now) => next(activatePane(now, index, loaded)));
    };
  };
  return (
    <div className="iv-panes" data-layout={cut.view ? 'planes' : (state?.layout ?? '1x1')}>
      {panes.map((pane, index) => {
        const isActive = index === active;
        const held = pane.wantedState;
        const loaded = held.state === 'ready' ? held.frame : undefined;
        const plane = cut.view ? reformatPlanes[index] : undefined;
        return (
          <ViewportPane
            key={`${plane}/${index}`}
            index={panes.length > 1 ? index : undefined}
            active={isActive}
            onActivate={() => view.activate(index)}
            cutting={!plane && !isActive && state?.referenceLines ? props.shownFrame : undefined}
            state={pane.state}
            frame={isActive ? props.frame : held.state === 'failed' ? null : loaded}
            frames={pane.frames}
            tool={props.tool}
            locked={locked}
            draft={drawing.draft}
            setDraft={drawing.setDraft}
            editingId={drawing.editingId}
            finish={drawing.finish}
            onText={(id, text) => {
              drawing.setEditingId(null);
              change((now) => writeMeasurementText(now, id, text));
            }}
            crosshair={isActive ? drawing.crosshair : null}
            selectedId={drawing.selectedId}
            remotePointers={props.remotePointers}
            patientLabel={props.patientLabel}
            seriesLabel={labelOf(pane, index, plane)}
            ready={pane.ready}
            {...(plane ? onPlane(plane, pane, cut, locked) : {})}
            change={changeOf(index, plane, loaded)}
            select={drawing.select}
            onPointer={props.onPointer}
            onHover={props.onHover}
            onDrawn={isActive ? props.onDrawn : ignoreDrawn}
            onScreen={(size) => props.onScreen(index, size)}
          >
            {props.isKeyImage(pane.wanted) && <KeyImageBadge />}
            <ViewerMessages
              empty={!props.hasSeries}
              unknownSeries={!pane.wanted && state !== null && props.hasSeries}
              wantedState={held}
              position={pane.wanted ? frameIndex(pane.frames, pane.wanted) + 1 : 0}
              ready={pane.ready}
              total={pane.frames.length}
              following={isActive && locked}
              leading={isActive && props.canLead}
              elsewhere={isActive ? props.elsewhere : []}
              onRetry={() => pane.wanted && props.onRetry(pane.wanted)}
            />
          </ViewportPane>
        );
      })}
      {cut.status && <ReformatMessage status={cut.status} locked={locked} onClose={cut.toggle} />}
      {props.children}
    </div>
  );
}

/** The lines of the other planes; a double click lets all cross there. */
function onPlane(plane: ReformatPlane, pane: ViewedPane, { reformat, grids, moveTo }: Reformat, locked: boolean) {
  if (!reformat || !grids) return {};
  const { position } = reformat;
  return {
    over: (matrix: Parameters<typeof CrosshairLines>[0]['matrix']) => (
      <CrosshairLines plane={plane} grids={grids} position={position} matrix={matrix} locked={locked} onMove={moveTo} />
    ),
    onDoubleClick: ({ column, row }: Place) => {
      if (pane.state) moveTo(pointOnSlice(grids[plane], pane.state.frameNumber - 1, column, row));
    },
  };
}

/** What stands in the panes beside the active one is told by the panes themselves. */
function ignoreDrawn(): void {}
