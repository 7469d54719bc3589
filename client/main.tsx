import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { startLanguages } from './locales/languages.ts';
import './ui/style.css';
import './ui/blocks.css';

await startLanguages();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(<App />);
