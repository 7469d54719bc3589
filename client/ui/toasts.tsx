import { createContext, use, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { newUuid } from '../connection/random-id.ts';
import { MessageBox, Shape, type ShapeName, type Tone } from './shapes.tsx';

interface Toast {
  id: string;
  tone: Tone;
  shape: ShapeName;
  text: string;
}

interface Toasts {
  /** What went wrong and what to do; stays until it is closed. */
  trouble(text: string): void;
  /** What was done; goes by itself. */
  done(text: string): void;
}

const ToastContext = createContext<Toasts>({ trouble: () => undefined, done: () => undefined });

const doneShownMs = 5000;

/** Short messages in the corner, read aloud by screen readers. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const [actions] = useState<Toasts>(() => {
    const add = (toast: Omit<Toast, 'id'>) => {
      const id = newUuid();
      setToasts((shown) => [...shown.filter(({ text }) => text !== toast.text), { ...toast, id }].slice(-4));
      return id;
    };
    return {
      trouble: (text) => void add({ tone: 'trouble', shape: 'triangle', text }),
      done: (text) => {
        const id = add({ tone: 'good', shape: 'check', text });
        setTimeout(() => setToasts((shown) => shown.filter((toast) => toast.id !== id)), doneShownMs);
      },
    };
  });
  return (
    <ToastContext value={actions}>
      {children}
      <div className="toasts" aria-live="polite">
        {toasts.map(({ id, tone, shape, text }) => (
          <MessageBox key={id} tone={tone} shape={shape} testId="toast">
            <p>{text}</p>
            <button
              type="button"
              className="close-button"
              aria-label={t('action.close')}
              onClick={() => setToasts((shown) => shown.filter((toast) => toast.id !== id))}
            >
              <Shape name="cross" />
            </button>
          </MessageBox>
        ))}
      </div>
    </ToastContext>
  );
}

export function useToasts(): Toasts {
  return use(ToastContext);
}
