import type { ReactNode } from 'react';
import { ConfigProvider, theme as antdTheme } from 'antd';

const looks = {
  light: { algorithm: antdTheme.defaultAlgorithm },
  dark: { algorithm: antdTheme.darkAlgorithm },
};

/** Ordinary controls in the viewer's own light, which can differ from the page's. */
export function ReadingControls({ theme, children }: { theme: 'light' | 'dark'; children: ReactNode }) {
  return <ConfigProvider theme={looks[theme]}>{children}</ConfigProvider>;
}
