/** The page that the address names, over what the engine has told. */

import { lazy, type ReactElement, Suspense } from 'react';
import type { ModelShelf } from '../../preload/contract/imported-models.ts';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import type { RunHead } from '../../preload/contract/run.ts';
import { ComparePage } from '../dash/views/compare/compare-page.tsx';
import { NewRunPage } from '../dash/views/new-run/new-run-page.tsx';
import type { RunLinks } from '../dash/views/run-actions.ts';
import { RunPage } from '../dash/views/run-page.tsx';
import { RunsPage } from '../dash/views/runs-page.tsx';
import { DataPage } from '../data/views/data-page.tsx';
import type { DataLinks } from '../data/views/data-source.ts';
import type { LabelLinks } from '../label/label-api.ts';
import type { ModelLinks } from '../models/model-api.ts';
import { ModelsPage } from '../models/views/models-page.tsx';
import type { ProjectLinks } from '../projects/views/project-actions.ts';
import { ProjectPage } from '../projects/views/project-page.tsx';
import { ProjectsPage } from '../projects/views/projects-page.tsx';
import type { SweepLinks } from '../sweeps/sweep-api.ts';
import { DesignerPage } from '../sweeps/views/designer-page.tsx';
import { SweepPage } from '../sweeps/views/sweep-page.tsx';
import { SweepsPage } from '../sweeps/views/sweeps-page.tsx';
import type { ChoosePath, TransferLinks } from '../transfer/transfer-api.ts';
import { ExportPage } from '../transfer/views/export-page.tsx';
import { ImportPage } from '../transfer/views/import-page.tsx';
import { pictureUrl, thumbnailUrl, tilesUrl } from '../ui/image-addresses.ts';
import { follow } from './address.ts';
import type { Apis } from './engine/apis.ts';
import type { LiveState } from './engine/live-state.ts';
import { clickModelsOf, modelsOf } from './models.ts';
import { NothingHere, OtherVersionNotice, RefusedNotice, SignedOutNotice } from './notices.tsx';
import {
  compareHref,
  DATA_HREF,
  EXPORT_HREF,
  importHref,
  LABEL_HREF,
  labelHref,
  MODELS_HREF,
  newRunHref,
  newSweepHref,
  PROJECT_HREF,
  PROJECTS_HREF,
  type Route,
  RUNS_HREF,
  runHref,
  SWEEPS_HREF,
  sweepHref,
} from './route.ts';

/** Loaded when somebody labels: the canvas is a quarter of the window's code. */
const LabelSection = lazy(async () => {
  const { LabelSection: section } = await import('../label/views/label-section.tsx');
  return { default: section };
});

export interface PageProps extends Apis {
  readonly state: LiveState;
  /** Asks the engine once more, where nothing is tried by itself. */
  readonly onRetry: () => void;
  readonly route: Route;
  readonly theme: string;
  /** Models from elsewhere in the open project. */
  readonly imported: ModelShelf;
  /** Null where there is no dialog of the system for paths of the engine's machine. */
  readonly choosePath: ChoosePath | null;
}

const LABEL_LINKS: LabelLinks = {
  picture: pictureUrl,
  tiles: tilesUrl,
  thumbnail: thumbnailUrl,
  label: labelHref,
  start: LABEL_HREF,
  importData: importHref(''),
  models: MODELS_HREF,
  follow,
};

const LINKS: RunLinks = {
  runs: RUNS_HREF,
  run: runHref,
  newRun: newRunHref,
  compare: compareHref,
  follow,
};

const SWEEP_LINKS: SweepLinks = {
  sweeps: SWEEPS_HREF,
  sweep: sweepHref,
  newSweep: newSweepHref,
  run: runHref,
  follow,
};

const PROJECT_LINKS: ProjectLinks = {
  projects: PROJECTS_HREF,
  project: PROJECT_HREF,
  data: DATA_HREF,
  importData: importHref(''),
  label: LABEL_HREF,
  runs: RUNS_HREF,
  newRun: newRunHref(null),
  run: runHref,
  follow,
};

const TRANSFER_LINKS: TransferLinks = {
  data: DATA_HREF,
  importData: importHref(''),
  exportData: EXPORT_HREF,
  label: LABEL_HREF,
};

const MODEL_LINKS: ModelLinks = { data: DATA_HREF, picture: pictureUrl };

const DATA_LINKS: DataLinks = {
  images: DATA_HREF,
  classes: `${DATA_HREF}/classes`,
  charts: `${DATA_HREF}/charts`,
  lookAlikes: `${DATA_HREF}/look-alikes`,
  importData: importHref(''),
  exportData: EXPORT_HREF,
  models: MODELS_HREF,
  label: labelHref,
};

export function Page(props: PageProps): ReactElement {
  const { connection, project, runs } = props.state;
  if (connection.status === 'signed-out') return <SignedOutNotice />;
  if (connection.status === 'refused') return <RefusedNotice problem={connection.problem} onRetry={props.onRetry} />;
  if (connection.status === 'incompatible') return <OtherVersionNotice state={props.state} />;
  if (project === null) {
    const wanted = props.route.page === 'projects' ? props.route.open : null;
    return (
      <ProjectsPage key={wanted} {...{ wanted }} actions={props.projects} links={PROJECT_LINKS} openFolder={null} />
    );
  }
  if (project === undefined || runs === null) return <RunsPage runs={null} links={LINKS} />;
  return <ProjectPages {...props} project={project} runs={runs} />;
}

interface ProjectPagesProps extends PageProps {
  readonly project: ProjectOverview;
  readonly runs: readonly RunHead[];
}

function ProjectPages(props: ProjectPagesProps): ReactElement {
  const { state, route, theme, evaluations, epochs, runActions, sweeps, labelling, data, projects, project, runs } =
    props;
  const { transfers, models, imported, choosePath } = props;
  switch (route.page) {
    case 'runs':
      return <RunsPage runs={runs} links={LINKS} />;
    case 'run': {
      const run = runs.find(({ id }) => id === route.id);
      if (run === undefined) return <NothingHere what={`no run "${route.id}" in this project`} />;
      const progress = state.progress.get(run.id) ?? null;
      const shown = { run, progress, actions: runActions, links: LINKS, theme, evaluations, curves: epochs };
      return <RunPage key={run.id} {...shown} />;
    }
    case 'new-run': {
      const like = runs.find(({ id }) => id === route.like) ?? null;
      return <NewRunPage key={route.like} project={project} like={like} actions={runActions} links={LINKS} />;
    }
    case 'compare': {
      const compared = route.ids.flatMap((id) => runs.find((run) => run.id === id) ?? []);
      const missing = route.ids.filter((id) => compared.every((run) => run.id !== id));
      return <ComparePage runs={compared} missing={missing} links={LINKS} theme={theme} epochs={epochs} />;
    }
    case 'label': {
      const asked = { models: modelsOf(runs, imported.models), clickModels: clickModelsOf(imported.models) };
      const shown = { project, ...asked, theme, api: labelling, links: LABEL_LINKS };
      return (
        <Suspense fallback={<div aria-busy="true" />}>
          <LabelSection {...shown} image={route.image} />
        </Suspense>
      );
    }
    case 'sweeps':
      return <SweepsPage api={sweeps} links={SWEEP_LINKS} news={runs} />;
    case 'sweep':
      return <SweepPage key={route.id} id={route.id} api={sweeps} links={SWEEP_LINKS} theme={theme} />;
    case 'new-sweep':
      return <DesignerPage key={route.like} like={route.like} project={project} api={sweeps} links={SWEEP_LINKS} />;
    case 'data':
      return (
        <DataPage
          key={project.folder}
          view={route.view}
          {...{ project, models: modelsOf(runs, imported.models) }}
          source={data}
          links={DATA_LINKS}
        />
      );
    case 'import': {
      const shown = { project, api: transfers, links: TRANSFER_LINKS, choosePath };
      return <ImportPage key={`${project.folder} ${route.path}`} {...shown} path={route.path} />;
    }
    case 'export':
      return <ExportPage key={project.folder} {...{ project, choosePath }} api={transfers} links={TRANSFER_LINKS} />;
    case 'models': {
      const shown = { project, shelf: imported, api: models, links: MODEL_LINKS };
      const chooseFile = choosePath === null ? null : () => choosePath('model');
      return <ModelsPage key={project.folder} {...shown} chooseFile={chooseFile} />;
    }
    case 'project':
      return <ProjectPage {...{ project, runs }} actions={projects} links={PROJECT_LINKS} />;
    case 'projects':
      return (
        <ProjectsPage
          key={route.open}
          wanted={route.open}
          actions={projects}
          links={PROJECT_LINKS}
          openFolder={project.folder}
        />
      );
    case 'unknown':
      return <NothingHere what={`no page at ${route.hash}`} />;
    default:
      return route satisfies never;
  }
}
