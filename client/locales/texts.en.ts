import own from './en.json' with { type: 'json' };
import { deepMerge, type Texts } from './deep-merge.ts';

const ofFeatures = import.meta.glob<Texts>('../features/**/locales.en.json', { eager: true, import: 'default' });

export default deepMerge(own, ...Object.values(ofFeatures));
