/** The page that labels: the image of the address, else the first one that nobody has labelled. */

import { type ReactElement, useEffect, useState } from 'react';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import { Notice } from '../../ui/notice.tsx';
import type { LabelApi, LabelLinks } from '../label-api.ts';
import { LabelPage } from './label-page.tsx';

export interface LabelSectionProps {
  readonly project: ProjectOverview;
  readonly image: number | null;
  readonly theme: string;
  readonly api: LabelApi;
  readonly links: LabelLinks;
}

export function LabelSection({ project, image, theme, api, links }: LabelSectionProps): ReactElement {
  if (image === null) return <FirstImage api={api} links={links} project={project} />;
  const classes = project.classes.map(({ name }) => name);
  return <LabelPage image={image} task={project.task} classes={classes} theme={theme} api={api} links={links} />;
}

function FirstImage({ project, api, links }: Pick<LabelSectionProps, 'project' | 'api' | 'links'>): ReactElement {
  const [isEmpty, setEmpty] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    const show = (first: number | null) => {
      if (first === null) setEmpty(true);
      else if (isCurrent) links.follow(links.label(first));
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
    />
  );
}
