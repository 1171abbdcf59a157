/** The window: its frame, the page in it, and the way from both to the engine. */

import { type ReactElement, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { DesktopBridge } from '../../preload/contract/desktop.ts';
import { follow, onAddress } from './address.ts';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionToast } from './connection-toast.tsx';
import { type Apis, apisOf } from './engine/apis.ts';
import type { LiveEngine } from './engine/live-engine.ts';
import type { ConnectionState, LiveState } from './engine/live-state.ts';
import { Page } from './page.tsx';
import { type Route, routeOf } from './route.ts';
import { ShellFrame } from './shell-frame.tsx';
import { useImportedModels } from './use-imported-models.ts';
import { useTheme } from './use-theme.ts';

export interface AppProps {
  readonly live: LiveEngine;
  /** Null in a browser. */
  readonly desktop: DesktopBridge | null;
}

export function App({ live, desktop }: AppProps): ReactElement {
  const state = useSyncExternalStore(live.subscribe, live.getState);
  const route = useRoute();
  const { theme, choice, toggle, choose } = useTheme();
  const choosePath = desktop?.isLocal === true ? desktop.choosePath : null;
  useShell(desktop);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  useTitle(route, state);
  const apis = useApis(live, state.connection.status);
  const imported = useImportedModels(apis.models, state.project?.folder ?? null);
  return (
    <ShellFrame
      project={state.project}
      route={route}
      connection={state.connection}
      themeChoice={choice}
      onToggleTheme={toggle}
      onPalette={() => setPaletteOpen(true)}
    >
      <Page {...apis} {...{ state, route, theme, imported, choosePath }} onRetry={live.retryNow} />
      <CommandPalette {...apis} state={state} isOpen={isPaletteOpen} onOpen={setPaletteOpen} onTheme={choose} />
      <ConnectionToast connection={state.connection} wasConnected={state.engine !== null} onRetry={live.retryNow} />
    </ShellFrame>
  );
}

/** Other objects with every change of the connection, so that what failed is asked for again and what is watched is taken anew. */
function useApis(live: LiveEngine, status: ConnectionState['status']): Apis {
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(() => apisOf(live), [live, status]);
}

/** Pages that the menu, or something dropped on the window, asks for. */
function useShell(desktop: DesktopBridge | null): void {
  useEffect(() => desktop?.onGo(follow), [desktop]);
}

function useRoute(): Route {
  const hash = useSyncExternalStore(onAddress, () => location.hash);
  useEffect(() => {
    if (hash !== '') scrollTo(0, 0);
  }, [hash]);
  return routeOf(hash);
}

function useTitle(route: Route, { project }: LiveState): void {
  const name = project?.name ?? 'Lightbench';
  const title = route.page === 'run' ? `${route.id} · ${name}` : name;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
