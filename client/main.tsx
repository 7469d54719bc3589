import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { startLanguages } from './locales/languages.ts';
import { keepPressesSteady } from './ui/steady-press.ts';
import './ui/style.css';
import './ui/blocks.css';
import './ui/lists.css';
import './ui/segments.css';

await startLanguages();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
keepPressesSteady(window);
createRoot(root).render(<App />);
