import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { RequestPayload } from '../../../shared/contracts/registry.ts';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { useConnection } from '../../connection/wiring.tsx';
import { useLeaveWarning } from '../../ui/use-leave-warning.ts';

const SAVE_AFTER_MS = 1200;
export const reportParts = ['findings', 'impression', 'advice'] as const;
export type ReportText = ReportView['content'];

export const sameText = (a: ReportText, b: ReportText) =>
  reportParts.every((part) => a[part].trim() === b[part].trim());

/** A report that exists, or what a new one is about: then it is drafted with the first words, or when it is signed. */
export type DraftStart =
  { report: ReportView } | { target: Omit<RequestPayload<'report:draft'>, 'content'>; content: ReportText };

export interface ReportDraft {
  content: ReportText;
  setContent: (content: ReportText) => void;
  /** Words stand here that the hub does not have yet. */
  unsaved: boolean;
  error: unknown;
  signing: boolean;
  /** A template's blanks are still to be filled in. */
  blanks: boolean;
  canSign: boolean;
  /** Saves what stands here and signs exactly that; where saving fails nothing is signed. */
  sign: () => Promise<void>;
  /** Saves what stands here now; never rejects. */
  flush: () => Promise<void>;
}

/** Writes a draft: saved by itself a moment after the last key, and always before it is signed. */
export function useReportDraft(start: DraftStart, onSigned: (report: ReportView) => void): ReportDraft {
  const connection = useConnection();
  const first = 'report' in start ? start.report.content : start.content;
  const [content, setContent] = useState(first);
  const [saved, setSaved] = useState(first);
  const [saving, setSaving] = useState(false);
  const [signing, setSigning] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const unsaved = !sameText(content, saved);
  // One save after the other: each builds on the version that the one before made.
  const queue = useRef<Promise<{ reportId: string; version: number } | null>>(
    Promise.resolve('report' in start ? { reportId: start.report.id, version: start.report.version } : null),
  );
  // While a signature is under way nothing else is saved: it would make the version that is being signed an old one.
  const busySigning = useRef(false);

  /** False where the hub refused; what was saved before stands. */
  const save = (text: ReportText): Promise<boolean> => {
    let done = false;
    queue.current = queue.current.then(async (at) => {
      setSaving(true);
      try {
        const { report } =
          at !== null
            ? await connection.request('report:edit', { ...at, content: text })
            : 'target' in start
              ? await connection.request('report:draft', { ...start.target, content: text })
              : { report: start.report };
        setSaved(text);
        setError(null);
        done = true;
        return { reportId: report.id, version: report.version };
      } catch (refusal) {
        setError(refusal);
        return at;
      } finally {
        setSaving(false);
      }
    });
    return queue.current.then(() => done);
  };
  const saveLater = useEffectEvent(() => {
    if (!busySigning.current) void save(content);
  });
  useEffect(() => {
    if (!unsaved) return;
    const timer = setTimeout(() => saveLater(), SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [content, unsaved]);
  useLeaveWarning(unsaved);

  const blanks = reportParts.some((part) => content[part].includes('__'));
  return {
    content,
    setContent,
    unsaved: unsaved || saving,
    error,
    signing,
    blanks,
    canSign: content.impression.trim() !== '' && !blanks && !signing,
    async sign() {
      if (busySigning.current) return;
      busySigning.current = true;
      setSigning(true);
      try {
        if ((unsaved || (await queue.current) === null) && !(await save(content))) return;
        const at = await queue.current;
        if (at === null) return;
        const { report } = await connection.request('report:sign', at);
        setError(null);
        onSigned(report);
      } catch (refusal) {
        setError(refusal);
      } finally {
        busySigning.current = false;
        setSigning(false);
      }
    },
    async flush() {
      if (unsaved && !busySigning.current) await save(content);
    },
  };
}
