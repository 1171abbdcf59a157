/** What windows show of a project before they ask for more. */

import type { ProjectOverview } from '../../preload/contract/project.ts';
import { classColors, classCounts, classNames } from '../store/classes.ts';
import { imageCount, labelledImageCount, negativeCount, splitCounts } from '../store/images.ts';
import type { ReadProject } from '../store/project.ts';
import { projectInfo } from '../store/project-info.ts';

export function overviewOf({ db, folder }: ReadProject): ProjectOverview {
  return db.snapshot(() => {
    const counts = classCounts(db);
    const colors = classColors(db);
    const info = projectInfo(db); // its name may have changed since it was opened
    const images = imageCount(db);
    return {
      name: info.name,
      task: info.task,
      folder,
      image_count: images,
      unlabelled: images - labelledImageCount(db),
      classes: classNames(db).map((name) => ({ name, count: counts[name] ?? 0, color: colors.get(name)! })),
      without_class: negativeCount(db),
      splits: splitCounts(db),
    };
  });
}
