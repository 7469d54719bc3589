import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import i18next from 'i18next';
import { readFileSync } from 'node:fs';
import { useState } from 'react';
import { initReactI18next } from 'react-i18next';
import { EcgViewer } from '../../../client/features/ecg/viewer/EcgViewer.tsx';
import type { EcgViewerProps } from '../../../client/features/ecg/viewer/EcgViewer.tsx';
import { initialEcgView } from '../../../client/features/ecg/viewer/view-commands.ts';
import { ecgViewState } from '../../../shared/contracts/viewing.ts';
import type { EcgViewState } from '../../../shared/contracts/viewing.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import { MadeMessageChannel } from './made-channel.ts';
import { twelveLeads } from './made-ecg.ts';

beforeAll(async () => {
  Object.assign(window, { MessageChannel: MadeMessageChannel });
  HTMLCanvasElement.prototype.getContext = () => null;
  const words = JSON.parse(readFileSync('client/features/ecg/viewer/locales.zh-CN.json', 'utf8')) as Record<
    string,
    unknown
  >;
  await i18next.use(initReactI18next).init({
    lng: 'zh-CN',
    resources: { 'zh-CN': { translation: words } },
    interpolation: { escapeValue: false },
  });
});
beforeEach(() => localStorage.clear());
afterEach(cleanup);

function show(changes: Partial<EcgViewerProps> = {}, start: Partial<EcgViewState> = {}) {
  const states: EcgViewState[] = [];
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
        onPointerMove={() => undefined}
        theme="light"
        {...changes}
      />
    );
  }
  const { container } = render(<Parent />);
  const root = container.querySelector<HTMLElement>('.ecg-viewer');
  if (!root) throw new Error('the viewer is there');
  return { root, states, press: (key: string, init = {}) => fireEvent.keyDown(root, { key, ...init }) };
}
const slots = (root: HTMLElement) =>
  [...root.querySelectorAll('[data-slot]')].map((slot) => slot.getAttribute('data-slot'));

describe('reading tools of the ECG viewer', () => {
  test("a click on a lead's name shows it alone, a second one brings all back; keys go through the leads", () => {
    const { root, press, states } = show();
    fireEvent.click(root.querySelector('[data-lead-name="V3"]') as Element);
    expect(slots(root)).toEqual(['V3']);
    press('.');
    expect(slots(root)).toEqual(['V4']);
    press(',');
    fireEvent.click(root.querySelector('[data-lead-name="V3"]') as Element);
    expect(root.dataset.layout).toBe('3x4+1R');
    expect(states.every((state) => ecgViewState.safeParse(state).success)).toBe(true);
  });

  test('K sets the limb leads in Cabrera order; a caliper on -aVR reads as the paper shows it', () => {
    const down = { id: 'k', lead: 'aVR', fromSeconds: 0.5, toSeconds: 1.3, fromMicrovolts: 0, toMicrovolts: -700 };
    const { root, press } = show({}, { calipers: [down] });
    expect(screen.getAllByText(/−0\.70 mV/).length).toBeGreaterThan(0);
    press('k');
    expect(root.dataset.leadOrder).toBe('cabrera');
    expect(slots(root).filter((name) => !name?.startsWith('V'))).toEqual(['aVL', 'II', 'I', 'aVF', 'aVR', 'III', 'II']);
    expect(screen.getAllByText('-aVR').length).toBeGreaterThan(0);
    expect(screen.queryByText(/−0\.70 mV/)).toBeNull();
  });

  test('filters that are on stand in words beside speed and gain; amplitudes stay those of the recorded samples', () => {
    const caliper = { id: 'k', lead: 'II', fromSeconds: 1, toSeconds: 2, fromMicrovolts: 0, toMicrovolts: 0 };
    const { root, press } = show({}, { calipers: [caliper] });
    expect(root.dataset.filters).toBe('未加滤波');
    const amplitude = screen.getByText(/原始波形峰-峰/).textContent;
    for (const key of ['h', 'l', 'n']) press(key);
    expect(root.dataset.filters).toBe('0.05–25 Hz  50 Hz陷波');
    expect(screen.getByTestId('ecg-filters').textContent).toBe('0.05–25 Hz  50 Hz陷波');
    expect(screen.getByText(/原始波形峰-峰/).textContent).toBe(amplitude);
    expect(amplitude).toContain('0.30 mV');
  });

  test('M lets the last caliper march over its strips, and stops it', () => {
    const caliper = { id: 'k', lead: 'II', fromSeconds: 4, toSeconds: 4.8, fromMicrovolts: 0, toMicrovolts: 1000 };
    const { root, press, states } = show({}, { calipers: [caliper] });
    press('m');
    expect(root.querySelectorAll('[data-marching-id="k"] path').length).toBeGreaterThan(8);
    press('m');
    expect(root.querySelector('[data-marching-id]')).toBeNull();
    expect(states.map((state) => state.marchingCaliperId)).toEqual(['k', null]);
  });

  test('the averaged beats of the file take the place of the rhythm only when asked for, each column from its start', () => {
    const { groups, ...rest } = twelveLeads();
    const short = groups[0]!.leads.map((lead) => ({ ...lead, samples: lead.samples.slice(0, 600) }));
    const { root, press } = show({ document: { ...rest, groups: [...groups, { label: 'median', leads: short }] } });
    expect(root.querySelector('[data-slot="V6"]')?.getAttribute('data-from')).toBe('7.5');
    press('v');
    expect(root.querySelector('[data-slot="V6"]')?.getAttribute('data-from')).toBe('0');
    fireEvent.click(screen.getByText('返回连续波形'));
    expect(root.querySelector('[data-slot="V6"]')?.getAttribute('data-from')).toBe('7.5');
  });

  test('a mark of the average beat is moved by arrow keys: QT and its corrections follow and are marked as manual', async () => {
    const { document: made, truth } = synthesizeEcg({ seed: 3 });
    const { root, press, states } = show({ document: made });
    press('b');
    const mark = await waitFor(
      () => {
        const found = root.querySelector('[data-mark="tEnd"]');
        if (!found) throw new Error('the marks are not there yet');
        return found;
      },
      { timeout: 60_000 },
    );
    const interval = (key: string) => root.querySelector<HTMLElement>(`[data-interval="${key}"]`)!;
    const shown = (key: string) => Number(/(\d+) ms/.exec(interval(key).textContent)?.[1]);
    const before = { qt: shown('qt'), bazett: shown('bazett') };
    expect(Math.abs(before.qt - truth.qtIntervalMs)).toBeLessThan(25);
    expect(interval('qt').textContent).toContain('未经医师确认');
    fireEvent.keyDown(mark, { key: 'ArrowRight' });
    fireEvent.keyDown(root.querySelector('[data-mark="tEnd"]')!, { key: 'ArrowRight', shiftKey: true });
    expect(shown('qt')).toBe(before.qt + 5);
    expect(shown('bazett')).toBeGreaterThan(before.bazett);
    expect(interval('qt').textContent).toContain('手动');
    expect(interval('hodges').textContent).toContain('手动');
    expect(interval('pr').textContent).toContain('未经医师确认');
    expect(ecgViewState.parse(states.at(-1)).beatMarks).toHaveProperty('tEnd');
    fireEvent.click(screen.getByText('恢复自动标记'));
    expect(shown('qt')).toBe(before.qt);
    expect(states.at(-1)?.beatMarks).toEqual({});
  });

  test('marks moved by whoever leads stand for those who follow, who cannot move them', async () => {
    const { document: made } = synthesizeEcg({ seed: 3 });
    const { root, states } = show(
      { document: made, canLead: false },
      { hasAverageBeats: true, beatMarks: { jPoint: 640 } },
    );
    await waitFor(() => expect(root.querySelector('[data-mark="jPoint"]')).not.toBeNull(), { timeout: 60_000 });
    const mark = root.querySelector('[data-mark="jPoint"]')!;
    expect(mark.getAttribute('aria-valuenow')).toBe('640');
    fireEvent.keyDown(mark, { key: 'ArrowRight' });
    expect(states).toEqual([]);
  });

  test('a recording of more than a minute has an overview; PageDown, End and its window move the page', async () => {
    const { root, press, states } = show({ document: twelveLeads(90, 50) });
    const window = await screen.findByLabelText('起始时间（秒）', undefined, { timeout: 20_000 });
    press('PageDown');
    press('PageDown');
    press('End');
    press('PageUp');
    fireEvent.keyDown(window, { key: 'ArrowLeft' });
    expect(states.map((state) => state.startSeconds)).toEqual([10, 20, 80, 70, 69]);
    expect(root.querySelector('.ecg-overview')).not.toBeNull();
    expect(screen.getByText('1:09–1:19 / 共 1:30')).toBeTruthy();
  });

  test('Ctrl+P prints the sheet in true millimetres, with the person, the scale, a ruler and the mark of being unconfirmed', async () => {
    let printed = 0;
    window.print = () => void printed++;
    const { press } = show(
      {
        loadPrinted: () =>
          Promise.resolve({
            patientName: '张三丰',
            sex: 'male',
            birthDate: '1960-02-03',
            organisationName: '青山镇卫生院',
            recordedAt: '2026-11-22 08:15:02',
            device: 'ECG-1200',
          }),
      },
      { highPassHz: 0.05, lowPassHz: 100 },
    );
    press('p', { ctrlKey: true });
    await waitFor(() => expect(printed).toBe(1), { timeout: 30_000 });
    const sheet = screen.getByTestId('ecg-print');
    for (const text of [
      '张三丰',
      '男',
      '1960-02-03',
      '2026-11-22 08:15:02',
      'ECG-1200',
      '未经医师确认',
      '青山镇卫生院',
    ]) {
      expect(sheet.textContent).toContain(text);
    }
    expect(sheet.textContent).toContain('25 mm/s  10 mm/mV  0.05–100 Hz');
    expect(sheet.querySelector('.ecg-print__paper')?.getAttribute('width')).toBe('260mm');
    expect(screen.getByTestId('ecg-print-ruler').getAttribute('width')).toBe('102mm');
    expect(sheet.querySelectorAll('polyline')).toHaveLength(4);
    fireEvent(window, new Event('afterprint'));
    await waitFor(() => expect(screen.queryByTestId('ecg-print')).toBeNull());
  });
});
