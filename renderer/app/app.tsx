/** The window: its frame, the page in it, and the way from both to the engine. */

import { type ReactElement, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { DesktopBridge } from '../../preload/contract/desktop.ts';
import type { EvaluationSource } from '../dash/views/evaluation/use-evaluation.ts';
import type { RunActions } from '../dash/views/run-actions.ts';
import type { EpochSource } from '../dash/views/use-epochs.ts';
import type { DataSource } from '../data/views/data-source.ts';
import type { LabelApi } from '../label/label-api.ts';
import type { ModelApi } from '../models/model-api.ts';
import type { ProjectActions } from '../projects/views/project-actions.ts';
import type { SweepApi } from '../sweeps/sweep-api.ts';
import type { TransferApi } from '../transfer/transfer-api.ts';
import { follow, onAddress } from './address.ts';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionToast } from './connection-toast.tsx';
import { dataSourceOf } from './engine/data-source.ts';
import type { LiveEngine } from './engine/live-engine.ts';
import type { ConnectionState, LiveState } from './engine/live-state.ts';
import { modelApiOf } from './engine/model-api.ts';
import { projectActionsOf } from './engine/project-actions.ts';
import { transferApiOf } from './engine/transfer-api.ts';
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
  const evaluations = useEvaluations(live, state.connection.status);
  const epochs = useEpochSource(live, state.connection.status);
  const runActions = useRunActions(live);
  const sweeps = useSweeps(live, state.connection.status);
  const labelling = useLabelling(live, state.connection.status);
  const data = useDataSource(live, state.connection.status);
  const projects = useProjectActions(live, state.connection.status);
  const transfers = useTransferApi(live, state.connection.status);
  const models = useModelApi(live, state.connection.status);
  const imported = useImportedModels(models, state.project?.folder ?? null);
  return (
    <ShellFrame
      project={state.project}
      route={route}
      connection={state.connection}
      themeChoice={choice}
      onToggleTheme={toggle}
      onPalette={() => setPaletteOpen(true)}
    >
      <Page
        onRetry={live.retryNow}
        {...{ state, route, theme, evaluations, epochs, runActions, sweeps, labelling, data, projects, transfers }}
        {...{ models, imported }}
        choosePath={choosePath}
      />
      <CommandPalette
        {...{ state, data, runActions, projects, sweeps, transfers }}
        isOpen={isPaletteOpen}
        onOpen={setPaletteOpen}
        onTheme={choose}
      />
      <ConnectionToast connection={state.connection} wasConnected={state.engine !== null} onRetry={live.retryNow} />
    </ShellFrame>
  );
}

/** Asks the engine; another object with every change of the connection, so that what failed is asked for again. */
function useEvaluations(live: LiveEngine, status: ConnectionState['status']): EvaluationSource {
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(
    () => ({
      judgedParts: (id) => live.ask((client) => client.runs.judgedParts({ id })),
      evaluation: (id, split) => live.ask((client) => client.runs.evaluation({ id, split })),
      judge: (id, split, signal) =>
        live.ask((client) => client.runs.judge({ id, split }, { signal: live.whileConnected(signal) })),
    }),
    [live, status],
  );
}

/** Another object with every change of the connection, so that what is shown is taken anew. */
function useEpochSource(live: LiveEngine, status: ConnectionState['status']): EpochSource {
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(
    () => ({
      watch: (runs, signal) =>
        live.ask((client) => client.runs.watchEpochs({ ids: [...runs] }, { signal: live.whileConnected(signal) })),
    }),
    [live, status],
  );
}

/** Another object with every change of the connection, so that what is shown is taken anew. */
function useLabelling(live: LiveEngine, status: ConnectionState['status']): LabelApi {
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(
    () => ({
      watch: (image_id, signal) =>
        live.ask((client) => client.labelling.watch({ image_id }, { signal: live.whileConnected(signal) })),
      apply: (edit) => live.ask((client) => client.labelling.apply(edit)),
      undo: (image_id) => live.ask((client) => client.labelling.undo({ image_id })),
      redo: (image_id) => live.ask((client) => client.labelling.redo({ image_id })),
      history: (image_id) => live.ask((client) => client.labelling.history({ image_id })),
      picture: (image_id) => live.ask((client) => client.labelling.picture({ image_id })),
      sequence: (image_id) => live.ask((client) => client.labelling.sequence({ image_id })),
      beginTrack: async (image_id) => (await live.ask((client) => client.labelling.beginTrack({ image_id }))).id,
      fillTracks: (sequence_id, tracks) =>
        live.ask((client) =>
          client.data.edit({ kind: 'fill-tracks', sequence_id, track_ids: tracks === null ? null : [...tracks] }),
        ),
      undoEdit: async (id) => (await live.ask((client) => client.data.undoEdit({ id }))).turned,
      neighbours: (image_id) => live.ask((client) => client.labelling.neighbours({ image_id })),
      predict: (request, signal) => live.ask((client) => client.labelling.predict(request, { signal })),
      spend: async (image_id, spent_ms) =>
        (await live.ask((client) => client.labelling.spend({ image_id, spent_ms }))).labelling_ms,
      click: async (request, signal) => {
        const { mask } = await live.ask((client) => client.models.click(request, { signal }));
        return mask;
      },
      prepare: (model_id, image_id, signal) =>
        live.ask((client) => client.models.prepare({ model_id, image_id }, { signal })),
      nextDisagreement: (image_id) => live.ask((client) => client.labelling.nextDisagreement({ image_id })),
      first: () => live.ask((client) => client.labelling.first()),
    }),
    [live, status],
  );
}

/** Another object with every change of the connection, so that what is shown is taken anew. */
function useSweeps(live: LiveEngine, status: ConnectionState['status']): SweepApi {
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(
    () => ({
      choices: () => live.ask((client) => client.runs.choices()),
      list: () => live.ask((client) => client.sweeps.list()),
      get: (id) => live.ask((client) => client.sweeps.get({ id })),
      watch: (id, signal) => live.ask((client) => client.sweeps.watch({ id }, { signal })),
      draft: (source) => live.ask((client) => client.sweeps.draft(source)),
      start: (request) => live.ask(async (client) => (await client.sweeps.start(request)).id),
      resume: (id) => live.ask((client) => client.sweeps.resume({ id })),
      ask: (id, request) => live.ask((client) => client.sweeps.ask({ id, request })),
    }),
    [live, status],
  );
}

function useRunActions(live: LiveEngine): RunActions {
  return useMemo(
    () => ({
      choices: () => live.ask((client) => client.runs.choices()),
      start: (request) => live.ask(async (client) => (await client.runs.start(request)).id),
      stop: (id) => live.ask((client) => client.runs.stop({ id })),
      resume: (id) => live.ask((client) => client.runs.resume({ id })),
      bundle: (id) => live.ask((client) => client.runs.bundle({ id })),
    }),
    [live],
  );
}

/** Another object with every change of the connection, as above. */
function useDataSource(live: LiveEngine, status: ConnectionState['status']): DataSource {
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(() => dataSourceOf(live), [live, status]);
}

function useProjectActions(live: LiveEngine, status: ConnectionState['status']): ProjectActions {
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(() => projectActionsOf(live), [live, status]);
}

function useTransferApi(live: LiveEngine, status: ConnectionState['status']): TransferApi {
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(() => transferApiOf(live), [live, status]);
}

function useModelApi(live: LiveEngine, status: ConnectionState['status']): ModelApi {
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(() => modelApiOf(live), [live, status]);
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
