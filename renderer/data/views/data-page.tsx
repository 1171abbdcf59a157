/** The images of the project and what there is to know of them, a page each. */

import { type ReactElement, useMemo } from 'react';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import type { Option } from '../../ui/choice.tsx';
import { useWatched } from '../../ui/use-watched.ts';
import { ChartsPage } from './charts-page.tsx';
import { ClassesPage } from './classes-page.tsx';
import type { DataLinks, DataSource } from './data-source.ts';
import { ImagesPage } from './images-page.tsx';
import { LookAlikesPage } from './look-alikes-page.tsx';
import { useFacts } from './use-images.ts';

export type DataTab = 'images' | 'classes' | 'charts' | 'look-alikes';

export interface DataPageProps {
  readonly view: DataTab;
  readonly project: ProjectOverview;
  readonly source: DataSource;
  /** Runs that can be asked what they see. */
  readonly models: readonly Option<string>[];
  readonly links: DataLinks;
}

export function DataPage({ view, project, models, source, links }: DataPageProps): ReactElement {
  const state = useWatched(source.watch);
  const facts = useFacts(source, state?.version ?? null);
  const colors = useMemo(() => new Map((facts?.classes ?? []).map(({ name, color }) => [name, color])), [facts]);
  const tabs: readonly (readonly [DataTab, string, string])[] = [
    ['images', 'Images', links.images],
    ['classes', 'Classes', links.classes],
    ['charts', 'Charts', links.charts],
    ['look-alikes', 'Look-alikes', links.lookAlikes],
  ];
  return (
    <>
      <div className="page-head">
        <h1>Data</h1>
        <nav className="sub-tabs" aria-label="Data">
          {tabs.map(([name, label, href]) => (
            <a key={name} href={href} className="sub-tab" aria-current={name === view ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <div className="page-actions">
          <a className="button" href={links.models}>
            Models
          </a>
          <a className="button" href={links.importData}>
            Import
          </a>
          <a className="button" href={links.exportData}>
            Export
          </a>
        </div>
      </div>
      {view === 'images' ? (
        <ImagesPage
          {...{ project, models, source, state, facts, colors }}
          labelLink={links.label}
          importLink={links.importData}
          modelsLink={links.models}
        />
      ) : null}
      {view === 'classes' && facts !== null ? <ClassesPage {...{ facts, source, state }} /> : null}
      {view === 'charts' && facts !== null ? <ChartsPage facts={facts} /> : null}
      {view === 'look-alikes' ? <LookAlikesPage {...{ source, state, colors }} /> : null}
      {view !== 'images' && view !== 'look-alikes' && facts === null ? <div className="card skeleton filters" /> : null}
    </>
  );
}
