/** The page that labels: the image of the address, else the first one that nobody has labelled. */

import { type ReactElement, useEffect, useMemo, useState } from 'react';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import type { Option } from '../../ui/choice.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { LabelApi, LabelLinks } from '../label-api.ts';
import { LabelPage } from './label-page.tsx';

export interface LabelSectionProps {
  readonly project: ProjectOverview;
  /** Runs that can be asked what they see. */
  readonly models: readonly Option<string>[];
  /** Models that answer clicks. */
  readonly clickModels: readonly Option<string>[];
  readonly image: number | null;
  readonly theme: string;
  readonly api: LabelApi;
  readonly links: LabelLinks;
}

export function LabelSection(props: LabelSectionProps): ReactElement {
  const { project, image, api, links } = props;
  const colors = useColors(project);
  if (image === null) return <FirstImage api={api} links={links} project={project} />;
  return <LabelPage {...props} {...{ image, colors }} task={project.task} />;
}

/** By class, ascending; the same object until one of them changes, as the project is told anew with every edit. */
function useColors({ classes }: ProjectOverview): ReadonlyMap<string, string> {
  const told = JSON.stringify(classes.map(({ name, color }) => [name, color]));
  return useMemo(() => new Map(JSON.parse(told) as [string, string][]), [told]);
}

function FirstImage({ project, api, links }: Pick<LabelSectionProps, 'project' | 'api' | 'links'>): ReactElement {
  const [isEmpty, setEmpty] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    const show = (first: number | null) => {
      if (!isCurrent) return;
      if (first === null) setEmpty(true);
      else links.follow(links.label(first));
    };
    api.first().then(show, () => {}); // without a connection the window says so, and asks again with the next one
    return () => {
      isCurrent = false;
    };
  }, [api, links]);
  if (!isEmpty) return <div className="label-page label-waiting" aria-busy="true" />;
  return (
    <Notice
      title="There are no images yet"
      text="Bring pictures into the project, labelled or not, and label them here:"
      commands={[`lightbench import ${project.folder} path/to/images`]}
      action={
        <a className="button button-main" href={links.importData}>
          Import images
        </a>
      }
    />
  );
}
