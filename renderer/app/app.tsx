/** Which page to show, from the address and from what the engine has told. */

import { type ReactElement, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { EvaluationSource } from '../dash/views/evaluation/use-evaluation.ts';
import { ProjectPage } from '../dash/views/project-page.tsx';
import { RunPage } from '../dash/views/run-page.tsx';
import { RunsPage } from '../dash/views/runs-page.tsx';
import { FolderIcon, KeyIcon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { ConnectionToast } from './connection-toast.tsx';
import type { LiveEngine } from './engine/live-engine.ts';
import type { ConnectionState, LiveState } from './engine/live-state.ts';
import { type Route, RUNS_HREF, routeOf } from './route.ts';
import { ShellFrame } from './shell-frame.tsx';
import { useTheme } from './use-theme.ts';

const runHref = (id: string): string => `${RUNS_HREF}/${encodeURIComponent(id)}`;

export function App({ live }: { live: LiveEngine }): ReactElement {
  const state = useSyncExternalStore(live.subscribe, live.getState);
  const route = useRoute();
  const { theme, choice, toggle } = useTheme();
  useTitle(route, state);
  const evaluations = useEvaluations(live, state.connection.status);
  return (
    <ShellFrame
      project={state.project}
      route={route}
      connection={state.connection}
      themeChoice={choice}
      onToggleTheme={toggle}
    >
      <Page state={state} route={route} theme={theme} evaluations={evaluations} />
      <ConnectionToast connection={state.connection} wasConnected={state.engine !== null} onRetry={live.retryNow} />
    </ShellFrame>
  );
}

interface PageProps {
  readonly state: LiveState;
  readonly route: Route;
  readonly theme: string;
  readonly evaluations: EvaluationSource;
}

function Page({ state, route, theme, evaluations }: PageProps): ReactElement {
  const { connection, project, runs } = state;
  if (connection.status === 'signed-out') return <SignedOutNotice />;
  if (connection.status === 'incompatible') return <OtherVersionNotice state={state} />;
  if (project === null) return <NoProject />;
  if (project === undefined || runs === null) return <RunsPage runs={null} projectFolder="" hrefOf={runHref} />;
  if (route.page === 'project') return <ProjectPage project={project} />;
  if (route.page === 'runs') return <RunsPage runs={runs} projectFolder={project.folder} hrefOf={runHref} />;
  if (route.page === 'unknown') return <NothingHere what={`no page at ${route.hash}`} />;
  const run = runs.find(({ id }) => id === route.id);
  if (run === undefined) return <NothingHere what={`no run "${route.id}" in this project`} />;
  const shown = { run, runsHref: RUNS_HREF, theme, projectFolder: project.folder, evaluations };
  return <RunPage {...shown} />;
}

function NoProject(): ReactElement {
  return (
    <Notice
      icon={<FolderIcon />}
      title="No project is open"
      text="A project is one folder with images, labels and runs. Make one, put images in, and open it:"
      commands={[
        'lightbench create my-project --task image-classification',
        'lightbench import my-project path/to/images',
        'npm start my-project',
      ]}
    />
  );
}

function NothingHere({ what }: { what: string }): ReactElement {
  return <Notice title="Nothing here" text={`There is ${what}.`} action={<a href={RUNS_HREF}>Show all runs</a>} />;
}

function SignedOutNotice(): ReactElement {
  return (
    <Notice
      icon={<KeyIcon />}
      title="Signed out"
      text="The engine was started anew and does not know this window. Open the link it printed; this page then continues by itself."
    />
  );
}

function OtherVersionNotice({ state }: { state: LiveState }): ReactElement {
  return (
    <Notice
      title="The engine is of another version"
      text={`It is Lightbench ${state.engine?.lightbench_version}, which this window does not understand. Reload to get the window that belongs to it.`}
      action={
        <button type="button" className="button" onClick={() => location.reload()}>
          Reload
        </button>
      }
    />
  );
}

/** Asks the engine; another object with every change of the connection, so that what failed is asked for again. */
function useEvaluations(live: LiveEngine, status: ConnectionState['status']): EvaluationSource {
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(
    () => ({
      judgedParts: (id) => live.ask((client) => client.runs.judgedParts({ id })),
      evaluation: (id, split) => live.ask((client) => client.runs.evaluation({ id, split })),
    }),
    [live, status],
  );
}

function useRoute(): Route {
  const hash = useSyncExternalStore(
    (listener) => {
      addEventListener('hashchange', listener);
      return () => removeEventListener('hashchange', listener);
    },
    () => location.hash,
  );
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
