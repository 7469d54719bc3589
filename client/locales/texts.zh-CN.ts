import own from './zh-CN.json' with { type: 'json' };
import { deepMerge, type Texts } from './deep-merge.ts';

const ofFeatures = import.meta.glob<Texts>('../features/**/locales.zh-CN.json', { eager: true, import: 'default' });

export default deepMerge(own, ...Object.values(ofFeatures));
