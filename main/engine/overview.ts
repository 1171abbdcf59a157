/** What windows show of a project before they ask for more. */

import type { ProjectOverview } from '../../preload/contract/project.ts';
import { classCounts, classNames } from '../store/classes.ts';
import { imageCount, negativeCount, splitCounts } from '../store/images.ts';
import type { ReadProject } from '../store/project.ts';

export function overviewOf({ db, folder, info }: ReadProject): ProjectOverview {
  return db.snapshot(() => {
    const counts = classCounts(db);
    return {
      name: info.name,
      task: info.task,
      folder,
      image_count: imageCount(db),
      classes: classNames(db).map((name) => ({ name, count: counts[name] ?? 0 })),
      without_class: negativeCount(db),
      splits: splitCounts(db),
    };
  });
}
