import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import i18next from 'i18next';
import { readFileSync } from 'node:fs';
import { useState } from 'react';
import { initReactI18next } from 'react-i18next';
import { EcgMeasurements } from '../../../client/features/ecg/viewer/EcgMeasurements.tsx';
import { EcgViewer } from '../../../client/features/ecg/viewer/EcgViewer.tsx';
import type { EcgViewerProps } from '../../../client/features/ecg/viewer/EcgViewer.tsx';
import { initialEcgView } from '../../../client/features/ecg/viewer/view-commands.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import type { EcgViewState, ViewPointer } from '../../../shared/contracts/viewing.ts';
import { MadeMessageChannel } from './made-channel.ts';
import { documentOf, rampLead, twelveLeads } from './made-ecg.ts';

const words = (language: string): Record<string, unknown> =>
  Object.assign(
    {},
    ...['ecg/viewer', 'screen'].map(
      (feature) => JSON.parse(readFileSync(`client/features/${feature}/locales.${language}.json`, 'utf8')) as object,
    ),
  ) as Record<string, unknown>;

/** jsdom has no pointer events: these are the ones of the standard, as far as the viewer reads them. */
class MadePointerEvent extends MouseEvent {
  readonly pointerId: number;
  readonly pointerType: string;
  constructor(type: string, init: PointerEventInit = {}) {
    super(type, init);
    this.pointerId = init.pointerId ?? 1;
    this.pointerType = init.pointerType ?? 'mouse';
  }
}

beforeAll(async () => {
  Object.assign(window, { PointerEvent: MadePointerEvent, MessageChannel: MadeMessageChannel });
  // jsdom has no canvas: the viewer works without its pictures here, and journeys look at those in a real browser.
  HTMLCanvasElement.prototype.getContext = () => null;
  await i18next.use(initReactI18next).init({
    lng: 'zh-CN',
    resources: { 'zh-CN': { translation: words('zh-CN') }, en: { translation: words('en') } },
    interpolation: { escapeValue: false },
  });
});
beforeEach(() => localStorage.clear());
afterEach(cleanup);

interface Shown {
  root: HTMLElement;
  states: EcgViewState[];
  pointers: ViewPointer[];
}

function show(changes: Partial<EcgViewerProps> = {}, start: Partial<EcgViewState> = {}): Shown {
  const states: EcgViewState[] = [];
  const pointers: ViewPointer[] = [];
  function Parent() {
    const [state, setState] = useState<EcgViewState>({ ...initialEcgView('ecg-1'), ...start });
    return (
      <EcgViewer
        ecgId="ecg-1"
        document={twelveLeads()}
        state={state}
        onStateChange={(next) => {
          states.push(next);
          setState(next);
        }}
        canLead
        remotePointers={[]}
        onPointerMove={(pointer) => pointers.push(pointer)}
        theme="light"
        {...changes}
      />
    );
  }
  const { container } = render(<Parent />);
  const root = container.querySelector<HTMLElement>('.ecg-viewer');
  if (!root) throw new Error('the viewer is there');
  return { root, states, pointers };
}

const caliper = { id: 'k1', lead: 'II', fromSeconds: 4, toSeconds: 4.8, fromMicrovolts: 0, toMicrovolts: 1000 };
const overlayOf = (root: HTMLElement) => root.querySelector('.ecg-viewer__overlay') as SVGElement;
const millimetre = 96 / 25.4;

describe('ECG measurements', () => {
  test('our own heart rate stands beside the cardiograph, both marked as unconfirmed', async () => {
    const { document: made, truth } = synthesizeEcg({ heartRatePerMinute: 72, seed: 3 });
    render(
      <EcgMeasurements
        document={{
          ...made,
          measurements: { heartRatePerMinute: 144, qtcIntervalMs: 431 },
          statements: ['窦性心动过速'],
          warnings: ['The header states 11 leads, 12 follow.'],
        }}
      />,
    );
    const panel = screen.getByLabelText('测量值');
    await waitFor(() => expect(panel.dataset.heartRate).toBeDefined(), { timeout: 20_000 });
    expect(Math.abs(Number(panel.dataset.heartRate) - truth.heartRatePerMinute)).toBeLessThan(1);
    const row = panel.querySelector('[data-measurement="heartRatePerMinute"]');
    expect([...(row?.querySelectorAll('td') ?? [])].map((cell) => cell.textContent)).toEqual([
      `${Math.round(Number(panel.dataset.heartRate))} 次/分`,
      '144 次/分',
    ]);
    expect(screen.getAllByText('未经医师确认')).toHaveLength(2);
    expect(screen.getByText('431 ms')).toBeTruthy();
    expect(screen.getByText('窦性心动过速')).toBeTruthy();
    expect(screen.getByText('The header states 11 leads, 12 follow.')).toBeTruthy();
  });

  test('a recording without beats says that no rate can be found', async () => {
    const flat = documentOf([{ ...rampLead('II', 0, 500), samples: Array<number>(5000).fill(0) }]);
    render(<EcgMeasurements document={flat} />);
    expect(await screen.findByText('无法检出', undefined, { timeout: 20_000 })).toBeTruthy();
    expect(screen.getByText('文件中没有自动分析结论')).toBeTruthy();
  });
});

describe('ECG viewer', () => {
  test('opens at 3x4 with rhythm strip, 25 mm/s, 10 mm/mV and true size, and says so', () => {
    const { root } = show();
    expect(root.dataset).toMatchObject({
      ecgId: 'ecg-1',
      layout: '3x4+1R',
      speed: '25',
      gain: '10',
      following: 'false',
    });
    expect(Number(root.dataset.pxPerMm)).toBeCloseTo(millimetre, 10);
    expect(screen.getByText('25 mm/s · 10 mm/mV · 实际大小')).toBeTruthy();
    expect(screen.getByText('屏幕未校准，点此校准')).toBeTruthy();
  });

  test('keys change layout, gain and speed, and 0 goes back', () => {
    const { root } = show();
    const press = (key: string) => fireEvent.keyDown(root, { key });
    press('2');
    expect(root.dataset.layout).toBe('3x4+3R');
    press('3');
    expect(root.dataset.layout).toBe('6x2');
    press('4');
    expect(root.dataset.layout).toBe('12x1');
    press('+');
    press('+');
    expect(root.dataset.gain).toBe('20');
    press('[');
    expect(root.dataset.speed).toBe('12.5');
    press('0');
    expect([root.dataset.layout, root.dataset.gain, root.dataset.speed]).toEqual(['3x4+1R', '10', '25']);
  });

  test('arrow keys move along a recording longer than the page, and stop at its ends', () => {
    const { root, states } = show({ document: twelveLeads(25, 100) });
    fireEvent.keyDown(root, { key: 'ArrowRight' });
    fireEvent.keyDown(root, { key: 'ArrowRight', shiftKey: true });
    fireEvent.keyDown(root, { key: 'ArrowRight', shiftKey: true });
    fireEvent.keyDown(root, { key: 'ArrowLeft' });
    expect(states.map((state) => state.startSeconds)).toEqual([1, 11, 15, 14]);
    expect(root.querySelector('[data-slot="V1"]')?.getAttribute('data-from')).toBe('19');
  });

  test('whoever follows can change nothing, but points', async () => {
    const { root, states, pointers } = show({ canLead: false }, { calipers: [caliper] });
    expect(root.dataset.following).toBe('true');
    for (const key of [...'35+]0ckhlnbvm.'.split(''), 'Delete', 'Enter', 'PageDown']) fireEvent.keyDown(root, { key });
    const at = { clientX: 120 * millimetre, clientY: 111 * millimetre, button: 0, pointerType: 'mouse' };
    fireEvent.pointerDown(overlayOf(root), at);
    fireEvent.pointerMove(overlayOf(root), { ...at, clientX: 140 * millimetre });
    fireEvent.pointerUp(overlayOf(root), at);
    expect(states).toEqual([]);
    expect(root.querySelector('[data-part]')).toBeNull();
    expect(screen.getByText('正在跟随，只读')).toBeTruthy();
    await waitFor(() => expect(pointers.at(-1)).toMatchObject({ kind: 'ecg', ecgId: 'ecg-1', lead: 'II' }));
  });

  test('a drag on a lead makes a caliper of true interval and amplitude; Delete removes it', async () => {
    const { root, states } = show();
    const overlay = overlayOf(root);
    const at = (xMm: number, yMm: number) => ({
      clientX: xMm * millimetre,
      clientY: yMm * millimetre,
      button: 0,
      pointerId: 1,
      pointerType: 'mouse',
    });
    // The rhythm strip's base line stands at 110 mm; 0.8 s are 20 mm.
    fireEvent.pointerDown(overlay, at(110, 110));
    fireEvent.pointerMove(overlay, at(120, 104));
    fireEvent.pointerMove(overlay, at(130, 100));
    fireEvent.pointerUp(overlay, at(130, 100));
    await waitFor(() => expect(states.at(-1)?.calipers).toHaveLength(1));
    expect(states.at(-1)?.calipers[0]).toMatchObject({
      lead: 'II',
      fromSeconds: 4,
      toSeconds: 4.8,
      fromMicrovolts: 0,
      toMicrovolts: 1000,
    });
    expect(screen.getAllByText(/800 ms · 75 次\/分 · 1\.00 mV/).length).toBeGreaterThan(0);
    fireEvent.keyDown(root, { key: 'Delete' });
    expect(states.at(-1)?.calipers).toEqual([]);
  });

  test('Escape in the middle of a drag leaves everything as it was', async () => {
    const { root, states } = show({}, { calipers: [caliper] });
    const overlay = overlayOf(root);
    const at = (xMm: number, yMm: number) => ({
      clientX: xMm * millimetre,
      clientY: yMm * millimetre,
      button: 0,
      pointerId: 1,
      pointerType: 'mouse',
    });
    fireEvent.pointerDown(overlay, at(130, 100));
    fireEvent.pointerMove(overlay, at(150, 95));
    await waitFor(() => expect(states.at(-1)?.calipers[0]?.toSeconds).toBeCloseTo(5.6, 3));
    fireEvent.keyDown(root, { key: 'Escape' });
    expect(states.at(-1)?.calipers).toEqual([caliper]);
    fireEvent.pointerMove(overlay, at(160, 95));
    fireEvent.pointerUp(overlay, at(160, 95));
    expect(states.at(-1)?.calipers).toEqual([caliper]);
  });

  test('a caliper is made and moved by keyboard alone', async () => {
    const { root, states } = show();
    act(() => root.focus());
    fireEvent.keyDown(root, { key: 'Enter' });
    await waitFor(() => expect(document.activeElement?.getAttribute('data-part')).toBe('from'));
    const handle = document.activeElement as Element;
    fireEvent.keyDown(handle, { key: 'ArrowRight' });
    fireEvent.keyDown(handle, { key: 'ArrowDown', shiftKey: true });
    expect(states.at(-1)?.calipers[0]).toMatchObject({
      lead: 'II',
      fromSeconds: 4.51,
      toSeconds: 5.5,
      fromMicrovolts: -10,
      toMicrovolts: 1000,
    });
    expect(handle.getAttribute('aria-valuetext')).toContain('990 ms');
  });

  test('leads that the file lacks keep their place; leads beyond the twelve are named and reachable', () => {
    const leads = [...(twelveLeads().groups[0]?.leads ?? [])].filter((lead) => lead.name !== 'V5');
    const { root } = show({ document: documentOf([...leads, rampLead('V7', 5000, 500), rampLead('V3R', 5000, 500)]) });
    expect(root.querySelector('[data-slot="V5"]')?.getAttribute('data-absent')).toBe('true');
    expect(root.querySelector('[data-slot="V7"]')).toBeNull();
    expect(screen.getByText(/另有导联 V3R、V7/)).toBeTruthy();
    fireEvent.click(screen.getByText('在 12×1 中查看'));
    expect(root.dataset.layout).toBe('12x1');
    expect(root.querySelector('[data-slot="V7"]')?.getAttribute('data-absent')).toBe('false');
  });

  test('other pointers stand where their lead, time and voltage are here; elsewhere they are named', () => {
    const remote = (id: string, name: string, lead: string, seconds: number, ecgId = 'ecg-1') => ({
      id,
      name,
      color: '#0a7d4f',
      pointer: { kind: 'ecg' as const, ecgId, lead, seconds, microvolts: 500 },
    });
    const { root } = show({
      remotePointers: [
        remote('a', '王主任', 'V2', 6),
        remote('b', '张医生', 'V1', 1.2),
        remote('c', '李医生', 'V2', 6, 'another'),
        { id: 'd', name: '赵医生', color: '#000000', pointer: { kind: 'none' } },
      ],
    });
    const places = [...root.querySelectorAll('[data-pointer-id]')].map((one) => [
      one.getAttribute('data-pointer-id'),
      one.getAttribute('data-x-mm'),
      one.getAttribute('data-y-mm'),
    ]);
    expect(places).toEqual([['a', '160.00', '45.00']]);
    expect(screen.getByText('张医生 指向 V1 导联 1.2 秒，当前排列中不显示')).toBeTruthy();
    expect(screen.queryByText(/李医生|赵医生/)).toBeNull();
  });

  test('a calibrated screen keeps its scale on this device', async () => {
    localStorage.setItem('lianzhen.ecg.screen-scale', JSON.stringify({ pixelsPerMm: 5, devicePixelRatio: 1 }));
    const { root } = show();
    expect(root.dataset.pxPerMm).toBe('5');
    expect(screen.getByText('重新校准屏幕')).toBeTruthy();
    await waitFor(() => expect(root.dataset.firstPaintMs).toBeDefined());
  });
});
