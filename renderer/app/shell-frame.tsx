/** The frame around every page: the project, the pages, the connection and the theme. */

import type { ReactElement, ReactNode } from 'react';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import { formatPlural, formatTask } from '../ui/format.ts';
import { MoonIcon, SearchIcon, SunIcon, SystemIcon } from '../ui/icons.tsx';
import type { ConnectionState } from './engine/live-state.ts';
import { DATA_HREF, LABEL_HREF, PROJECT_HREF, type Route, RUNS_HREF, SWEEPS_HREF, sectionOf } from './route.ts';
import type { ThemeChoice } from './theme.ts';

export interface ShellFrameProps {
  readonly project: ProjectOverview | null | undefined;
  readonly route: Route;
  readonly connection: ConnectionState;
  readonly themeChoice: ThemeChoice;
  readonly onToggleTheme: () => void;
  readonly onPalette: () => void;
  readonly children: ReactNode;
}

export function ShellFrame(props: ShellFrameProps): ReactElement {
  const { project, route, connection } = props;
  const section = sectionOf(route);
  return (
    <div className="shell">
      <button type="button" className="button skip" onClick={focusMain}>
        Skip to the content
      </button>
      <header className="bar">
        <a className="brand" href={RUNS_HREF} aria-label="Lightbench, all runs">
          <img src="./mark.svg" width="22" height="22" alt="" />
        </a>
        <ProjectTitle project={project} />
        {project === null ? null : (
          <nav className="tabs" aria-label="Pages">
            <Tab href={RUNS_HREF} label="Runs" isCurrent={section === 'runs'} />
            <Tab href={SWEEPS_HREF} label="Sweeps" isCurrent={section === 'sweeps'} />
            <Tab href={DATA_HREF} label="Data" isCurrent={section === 'data'} />
            <Tab href={LABEL_HREF} label="Label" isCurrent={section === 'label'} />
            <Tab href={PROJECT_HREF} label="Project" isCurrent={section === 'project'} />
          </nav>
        )}
        <div className="bar-end">
          <ConnectionSign connection={connection} />
          <PaletteButton onOpen={props.onPalette} />
          <ThemeButton choice={props.themeChoice} onToggle={props.onToggleTheme} />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {props.children}
      </main>
    </div>
  );
}

/** The hash is the page's address, so the jump is no link. */
function focusMain(): void {
  document.getElementById('main')?.focus();
}

function ProjectTitle({ project }: { project: ProjectOverview | null | undefined }): ReactElement {
  if (project === undefined) return <div className="project-title skeleton" />;
  if (project === null)
    return (
      <div className="project-title">
        <strong>Lightbench</strong>
      </div>
    );
  const counts = `${formatPlural(project.image_count, 'image')}, ${formatPlural(project.classes.length, 'class', 'classes')}`;
  return (
    <div className="project-title" title={project.folder}>
      <strong>{project.name}</strong>
      <small>
        {formatTask(project.task)} · {counts}
      </small>
    </div>
  );
}

function Tab({ href, label, isCurrent }: { href: string; label: string; isCurrent: boolean }): ReactElement {
  return (
    <a className="tab" href={href} aria-current={isCurrent ? 'page' : undefined}>
      {label}
    </a>
  );
}

const CONNECTION_WORDS: { readonly [S in ConnectionState['status']]: string } = {
  connecting: 'Connecting',
  connected: 'Live',
  reconnecting: 'Disconnected',
  'signed-out': 'Signed out',
  refused: 'Refused',
  incompatible: 'Other version',
};

function ConnectionSign({ connection }: { connection: ConnectionState }): ReactElement {
  return (
    <span className={`connection connection-${connection.status}`} role="status">
      {CONNECTION_WORDS[connection.status]}
    </span>
  );
}

function PaletteButton({ onOpen }: { onOpen: () => void }): ReactElement {
  return (
    <button
      type="button"
      className="button palette-button"
      onClick={onOpen}
      aria-keyshortcuts="Control+K Meta+K"
      title="Every page and action by typing (Ctrl+K)"
    >
      <SearchIcon /> <span>Go to …</span>
    </button>
  );
}

const THEME_ICONS = { system: SystemIcon, light: SunIcon, dark: MoonIcon };

function ThemeButton({ choice, onToggle }: { choice: ThemeChoice; onToggle: () => void }): ReactElement {
  const ThemeIcon = THEME_ICONS[choice];
  const label = `Theme: ${choice}. Change`;
  return (
    <button type="button" className="button button-quiet theme" onClick={onToggle} aria-label={label} title={label}>
      <ThemeIcon />
    </button>
  );
}
