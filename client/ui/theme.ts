import { theme, type ThemeConfig } from 'antd';

export type ColourTheme = 'light' | 'dark';

const shared = {
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif',
  fontSize: 15,
  fontSizeSM: 14,
  fontSizeLG: 16,
  fontSizeXL: 20,
  // Touch targets of 44 px; the small size is for rows of tools used with a mouse.
  controlHeight: 44,
  controlHeightSM: 36,
  controlHeightLG: 52,
  borderRadius: 6,
  wireframe: false,
  motionDurationMid: '0.12s',
  motionDurationSlow: '0.18s',
} as const;

/**
 * Ant Design in the colours of ui/style.css. Saturated red belongs to the alarm alone, so that errors are burnt
 * orange and always come with a shape and a word.
 */
export function antTheme(colours: ColourTheme): ThemeConfig {
  return colours === 'light'
    ? {
        algorithm: theme.defaultAlgorithm,
        cssVar: { key: 'lianzhen-light' },
        token: {
          ...shared,
          colorPrimary: '#0b5f75',
          colorInfo: '#0b5f75',
          colorLink: '#0b5f75',
          colorError: '#a0460a',
          colorWarning: '#8a5a00',
          colorSuccess: '#1d6b48',
          colorText: '#16242b',
          colorTextSecondary: '#465862',
          colorTextTertiary: '#5a6b74',
          colorTextPlaceholder: '#63747d',
          colorBorder: '#8a9aa3',
          colorBgLayout: '#f3f6f7',
        },
      }
    : {
        algorithm: theme.darkAlgorithm,
        cssVar: { key: 'lianzhen-dark' },
        token: {
          ...shared,
          colorPrimary: '#58bcd4',
          colorInfo: '#58bcd4',
          colorLink: '#7fd0e3',
          colorError: '#f0a05a',
          colorWarning: '#e8c063',
          colorSuccess: '#6fcf9f',
          colorText: '#e9eff1',
          colorTextSecondary: '#b3c1c8',
          colorTextTertiary: '#9fafb7',
          // Said again although the algorithm would know: the light theme around a dark page hands its own down.
          colorTextPlaceholder: '#8d9ea7',
          colorBgLayout: '#283135',
          colorBgBase: '#14191c',
          colorBorder: '#5b6b74',
          colorTextLightSolid: '#0b1214',
        },
        components: { Tooltip: { colorBgSpotlight: '#33454e', colorTextLightSolid: '#f4f8f9' } },
      };
}
