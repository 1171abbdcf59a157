/** Composition root of the window: chooses the way to the engine, starts it, draws the app. */

import { createRoot } from 'react-dom/client';
import { BRIDGE_NAME, type DesktopBridge } from '../../preload/contract/desktop.ts';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/forms.css';
import '../dash/dash.css';
import '../dash/evaluation.css';
import '../label/label.css';
import '../data/data.css';
import '../sweeps/sweeps.css';
import '../projects/projects.css';
import '../transfer/transfer.css';
import '../models/models.css';
import './app.css';
import { App } from './app.tsx';
import { browserTransport } from './engine/browser-transport.ts';
import { desktopTransport } from './engine/desktop-transport.ts';
import { LiveEngine, type Wait } from './engine/live-engine.ts';

const wait: Wait = (ms, signal) =>
  new Promise((resolve) => {
    const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : null;
    signal.addEventListener('abort', () => {
      if (timer !== null) clearTimeout(timer);
      resolve();
    });
    if (signal.aborted) resolve();
  });

const bridge = (window as unknown as Record<string, DesktopBridge | undefined>)[BRIDGE_NAME];
const transport = bridge === undefined ? browserTransport(new URL(location.href)) : desktopTransport(bridge, window);
const live = new LiveEngine(transport, wait);

createRoot(document.getElementById('root')!).render(<App live={live} desktop={bridge ?? null} />);
void live.start();
