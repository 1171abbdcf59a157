/** A sweep to be designed: a form and its file side by side, each following the other, with what is wrong while it is typed. */

import { type ReactElement, useCallback, useEffect, useRef, useState } from 'react';
import { messageOf } from '../../../preload/contract/errors.ts';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import type { SweepDraft, SweepSource } from '../../../preload/contract/sweep-draft.ts';
import { BackLink } from '../../ui/back-link.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useLoaded } from '../../ui/use-loaded.ts';
import { documentOf, formOf, type SweepForm, TEMPLATES } from '../derive/sweep-form.ts';
import type { SweepApi, SweepLinks } from '../sweep-api.ts';
import { DesignDevices } from './design-devices.tsx';
import { DesignFacts } from './design-facts.tsx';
import { DesignForm } from './design-form.tsx';

export interface DesignerPageProps {
  /** A sweep to begin with. */
  readonly like: string | null;
  readonly project: ProjectOverview;
  readonly api: SweepApi;
  readonly links: SweepLinks;
}

export function DesignerPage({ like, project, api, links }: DesignerPageProps): ReactElement {
  const { draft, form, yaml, problem, isBehind, edit, type, begin } = useDesign(api, project.task, like);
  // best effort: the form is as good without them, and the draft that is asked for beside tells of a lost engine
  const sweeps = useLoaded(api.list).loaded ?? [];
  const choices = useLoaded(api.choices);
  const [devices, setDevices] = useState<readonly string[]>(['cpu']);
  const start = useAction(api.start, (id) => links.follow(links.sweep(id)));
  const isReady = draft?.plan != null && devices.length > 0 && !start.isBusy;
  return (
    <div className="designer">
      <div className="page-head">
        <BackLink href={links.sweeps} to="Sweeps" />
        <h1>New sweep</h1>
        <div className="page-actions">
          {TEMPLATES.map(({ title, document }) => (
            <button type="button" key={title} className="button" onClick={() => begin(document(project.task))}>
              {title}
            </button>
          ))}
        </div>
      </div>
      <Problem title="This sweep cannot be started" text={start.problem ?? problem ?? choices.problem} />
      <div className="designer-columns">
        {form === null || draft === null ? (
          <div aria-busy="true" />
        ) : (
          <DesignForm
            {...{ form, project, sweeps, isBehind }}
            draft={isBehind ? { ...draft, problems: [] } : draft}
            onChange={edit}
          />
        )}
        <div className="designer-side">
          <label className="card panel yaml">
            <span className="panel-title">sweep.yaml</span>
            <textarea value={yaml} onChange={(event) => type(event.target.value)} spellCheck={false} rows={22} />
          </label>
          <FileProblems draft={draft} />
          {draft?.plan == null ? null : <DesignFacts draft={draft} />}
          <div className="card panel start">
            <DesignDevices
              devices={choices.loaded?.devices ?? devices.map((device) => ({ device, problem: null }))}
              chosen={devices}
              onChange={setDevices}
            />
            <button
              type="button"
              className="button button-main"
              disabled={!isReady}
              onClick={() => start.run({ yaml, devices: [...devices] })}
            >
              {start.isBusy ? 'Starting …' : 'Start the sweep'}
            </button>
          </div>
        </div>
      </div>
    </div>
  );
}

function FileProblems({ draft }: { draft: SweepDraft | null }): ReactElement | null {
  if (draft === null || draft.problems.length === 0) return null;
  return (
    <ul className="card panel file-problems" aria-label="What is wrong">
      {draft.problems.map(({ line, path, message }) => (
        <li key={`${line} ${path} ${message}`}>
          {line === null ? null : <strong>line {line}: </strong>}
          {message}
        </li>
      ))}
    </ul>
  );
}

const TYPING_MS = 250; // a pause this long is the end of a word

/** Form and file; whichever was changed last is asked about, and gives the other one anew. */
function useDesign(api: SweepApi, task: string, like: string | null) {
  const [draft, setDraft] = useState<SweepDraft | null>(null);
  const [form, setForm] = useState<SweepForm | null>(null);
  const [yaml, setYaml] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBehind, setBehind] = useState(false);
  const latest = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const ask = useCallback(
    async (source: SweepSource, keeps: 'form' | 'yaml' | 'neither') => {
      const turn = ++latest.current;
      try {
        const reply = await api.draft(source);
        if (turn !== latest.current) return;
        setDraft(reply);
        setProblem(null);
        setBehind(keeps === 'yaml' && reply.plan === null);
        if (keeps !== 'yaml') setYaml(reply.source);
        if (keeps !== 'form' && reply.plan !== null) setForm(formOf(reply.plan));
      } catch (error) {
        if (turn === latest.current) setProblem(messageOf(error));
      }
    },
    [api],
  );
  const later = useCallback((work: () => void) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(work, TYPING_MS);
  }, []);
  const begin = useCallback((document: Record<string, unknown>) => void ask({ document }, 'neither'), [ask]);

  useEffect(() => {
    const first = async () => {
      if (like === null) return begin(TEMPLATES[0]!.document(task));
      const { plan } = await api.get(like);
      await ask({ document: documentOf(formOf(plan)) }, 'neither');
    };
    first().catch((error: Error) => setProblem(error.message));
    return () => clearTimeout(timer.current);
  }, [api, task, like, ask, begin]);

  const edit = (changed: SweepForm) => {
    setForm(changed);
    later(() => void ask({ document: documentOf(changed) }, 'form'));
  };
  const type = (text: string) => {
    setYaml(text);
    later(() => void ask({ yaml: text }, 'yaml'));
  };
  return { draft, form, yaml, problem, isBehind, edit, type, begin };
}
