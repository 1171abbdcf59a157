/** What a project lacks and what to do next, from what there is. */

import type { ProjectOverview } from '../../../preload/contract/project.ts';
import type { RunHead } from '../../../preload/contract/run.ts';
import { formatPlural } from '../../ui/format.ts';

export interface NextStep {
  readonly text: string;
  /** Where it is done. */
  readonly where: 'data' | 'import' | 'label' | 'new-run' | 'runs' | 'best-run';
  /** `now` holds the rest up. */
  readonly urgency: 'now' | 'soon' | 'later';
}

/** Fewer images of a class than this are seldom enough. Source: product specification, section 3. */
const FEW_IMAGES = 10;
const NAMED_CLASSES = 3;

const step = (urgency: NextStep['urgency'], text: string, where: NextStep['where']): NextStep => ({
  urgency,
  text,
  where,
});

/** The most urgent first. */
export function nextSteps(project: ProjectOverview, runs: readonly RunHead[]): NextStep[] {
  const { image_count: images, unlabelled, classes } = project;
  if (images === 0) {
    return [step('now', 'Bring in images, with labels where there are any.', 'import')];
  }
  const used = classes.filter(({ count }) => count > 0);
  const fewest = project.task === 'image-classification' ? 2 : 1;
  const scarce = used.filter(({ count }) => count < FEW_IMAGES);
  return [
    ...(used.length < fewest
      ? [step('now', `Label images: training needs at least ${formatPlural(fewest, 'class', 'classes')}.`, 'label')]
      : []),
    ...(unlabelled > 0 ? [step('soon', `${formatPlural(unlabelled, 'image')} not labelled yet.`, 'label')] : []),
    ...(scarce.length > 0 ? [step('soon', scarceText(scarce), 'data')] : []),
    ...runSteps(runs, used.length >= fewest),
  ];
}

function scarceText(scarce: ProjectOverview['classes']): string {
  const named = scarce.slice(0, NAMED_CLASSES).map(({ name, count }) => `${name} (${count})`);
  const more = scarce.length > NAMED_CLASSES ? ` and ${scarce.length - NAMED_CLASSES} more` : '';
  return `Fewer than ${FEW_IMAGES} images of ${named.join(', ')}${more}: more of them would help most.`;
}

function runSteps(runs: readonly RunHead[], canTrain: boolean): NextStep[] {
  const going = runs.filter(({ state }) => state === 'running' || state === 'queued').length;
  if (going > 0) return [step('later', `${formatPlural(going, 'run')} under way.`, 'runs')];
  if (runs.length === 0) return canTrain ? [step('soon', 'Train a first model.', 'new-run')] : [];
  const hasModel = runs.some(({ primary_metric: { best } }) => best !== null);
  return hasModel
    ? [step('later', 'Look at the best run, and make a bundle of it.', 'best-run')]
    : [step('soon', 'No run has ended with a model yet; see why.', 'runs')];
}
