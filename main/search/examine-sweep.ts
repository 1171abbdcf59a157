/** A sweep file read, completed and checked: a plan that can be started, or everything that is wrong with it. */

import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { ReadSweep } from '../../preload/contract/sweep-draft.ts';
import { automaticPlan } from './automatic.ts';
import { checkPlan, type PlanProblem } from './check-plan.ts';
import type { ModelRules } from './model-rules.ts';
import { readSweep } from './read-sweep.ts';
import type { OpenDraws } from './samplers/sampler.ts';
import { seedName } from './v2-job.ts';

export function examineSweep(text: string, rules: ModelRules, draws: OpenDraws): ReadSweep {
  const { plan: read, problems, notes } = readSweep(text);
  if (read === null) return { plan: null, problems, notes };
  const plan = read.is_automatic ? automaticPlan(read, rules) : read;
  const checked = checkPlan(plan, rules, draws);
  const lines = checked.problems.length > 0 ? linesOfKeys(text) : new Map<string, number[]>();
  return {
    plan: checked.problems.length === 0 ? plan : null,
    problems: checked.problems.map((problem) => ({
      path: problem.name,
      line: lineOf(problem, lines),
      message: problem.message,
      branch: problem.branch,
    })),
    notes: [...notes, ...checked.notes],
  };
}

/** Of a key that every branch has, the one in the problem's own branch. */
function lineOf({ name, branch }: PlanProblem, lines: ReadonlyMap<string, readonly number[]>): number | null {
  const found = lines.get(name) ?? [];
  return found[branch ?? 0] ?? found[0] ?? null;
}

/** The lines of every key of a YAML text, under the seed's names. */
function linesOfKeys(text: string): Map<string, number[]> {
  const counter = new LineCounter();
  const found = new Map<string, number[]>();
  visit(parseDocument(text, { lineCounter: counter }), {
    Map: (_, map) => {
      if (!isMap(map)) return;
      for (const { key } of map.items) {
        if (!isScalar(key) || key.range === null || key.range === undefined) continue;
        const name = seedName(String(key.value), map.toJSON() as Record<string, unknown>);
        found.set(name, [...(found.get(name) ?? []), counter.linePos(key.range[0]).line]);
      }
    },
  });
  return found;
}
