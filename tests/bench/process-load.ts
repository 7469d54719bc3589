import { readdirSync, readFileSync } from 'node:fs';
import type { Measured } from './measure.ts';

/** USER_HZ, in which Linux tells processor time to programs; the same on every architecture that Node runs on. */
const ticksPerSecond = 100;
const everyMs = 1_000;

/** proc(5): /proc/PID/stat. The name in brackets may hold anything, so the fields are counted from behind it. */
function statOf(pid: number): { parent: number; ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null; // it has ended meanwhile
  }
}

function residentMegabytes(pid: number): number {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return (Number(kibibytes ?? 0) * 1024) / 1e6;
  } catch {
    return 0;
  }
}

/** The process and everything that it started, as the SFU workers of the hub. */
function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = statOf(Number(name))?.parent;
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const family = [pid];
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}

const ticksOf = (pid: number) => familyOf(pid).reduce((sum, member) => sum + (statOf(member)?.ticks ?? 0), 0);
const memoryOf = (pid: number) => familyOf(pid).reduce((sum, member) => sum + residentMegabytes(member), 0);

/** Only Linux tells these. */
export const canMeasureLoad = process.platform === 'linux';

export interface Load {
  /** Per cent of one core; the value is the mean over the whole time, the samples are of one second each. */
  cpu: Measured;
  /** Resident megabytes, all processes of the family added up. */
  memory: Measured;
}

/** Watches a process and its children from now until `stop()`. */
export function watchLoad(pid: number): { stop(): Load } {
  const begun = performance.now();
  const first = ticksOf(pid);
  let last = { ticks: first, at: begun };
  const cpu: number[] = [];
  const memory: number[] = [];
  const percent = (ticks: number, ms: number) => ((ticks / ticksPerSecond) * 100_000) / ms;
  const look = () => {
    const now = { ticks: ticksOf(pid), at: performance.now() };
    cpu.push(percent(now.ticks - last.ticks, now.at - last.at));
    memory.push(memoryOf(pid));
    last = now;
  };
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      if (cpu.length === 0) look();
      return {
        cpu: { values: cpu, value: percent(ticksOf(pid) - first, performance.now() - begun) },
        memory: { values: memory },
      };
    },
  };
}
