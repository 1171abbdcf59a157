/** Ctrl+K or Cmd+K: every page and action by typing. */

import { type ReactElement, useEffect, useMemo, useState } from 'react';
import type { TurnedEdit } from '../../preload/contract/data.ts';
import type { RecentProject } from '../../preload/contract/projects.ts';
import type { SweepHead } from '../../preload/contract/sweep.ts';
import { leftWords } from '../data/derive/left-words.ts';
import { Palette } from '../ui/palette.tsx';
import { useAction } from '../ui/use-action.ts';
import { follow } from './address.ts';
import { type CommandAct, commandsOf, matching } from './commands.ts';
import type { Apis } from './engine/apis.ts';
import type { LiveState } from './engine/live-state.ts';
import { PROJECT_HREF, PROJECTS_HREF, runHref } from './route.ts';
import type { ThemeChoice } from './theme.ts';

export interface CommandPaletteProps extends Pick<Apis, 'data' | 'runActions' | 'projects' | 'sweeps' | 'transfers'> {
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly state: LiveState;
  readonly onTheme: (choice: ThemeChoice) => void;
}

/** More than a person looks through; the text finds the rest. */
const MOST_SHOWN = 60;

export function CommandPalette(props: CommandPaletteProps): ReactElement {
  const { isOpen, onOpen, state } = props;
  const [text, setText] = useState('');
  const { recent, sweeps } = useLists(props);
  const project = state.project ?? null;
  const commands = useMemo(
    () => (isOpen ? commandsOf({ project, runs: state.runs ?? [], sweeps, recent }) : []),
    [isOpen, project, state.runs, sweeps, recent],
  );
  const shown = useMemo(() => matching(commands, text).slice(0, MOST_SHOWN), [commands, text]);
  const close = () => {
    onOpen(false);
    setText('');
    action.forget();
  };
  const action = useAction(
    (act: CommandAct) => perform(act, props),
    (said) => {
      if (said !== null) return; // it is read here, and Enter does the same again
      onOpen(false);
      setText('');
    },
  );
  useShortcut(() => (isOpen ? close() : onOpen(true)));
  const choose = (id: string) => {
    const command = commands.find((each) => each.id === id);
    if (command !== undefined && !action.isBusy) action.run(command.act);
  };
  return (
    <Palette
      {...{ isOpen, text, entries: shown, problem: action.problem, said: action.value }}
      onText={setText}
      onChoose={choose}
      onClose={close}
    />
  );
}

/** Returns what there is to say of it; null where the window shows it by itself. */
async function perform(act: CommandAct, props: CommandPaletteProps): Promise<string | null> {
  switch (act.kind) {
    case 'undo-data':
      return turnedWords('Taken back', await props.data.undo()) ?? 'There is no edit to take back.';
    case 'redo-data':
      return turnedWords('Done again', await props.data.redo()) ?? 'There is no edit to do again.';
    default:
      await carryOut(act, props);
      return null;
  }
}

/** Of an edit of many images, which may be on none of the pages on show. */
function turnedWords(how: string, turned: TurnedEdit | null): string | null {
  if (turned === null) return null;
  const left = leftWords(turned.left);
  return `${how}: ${turned.title}.${left === null ? '' : ` Some of it stays as it is. ${left}`}`;
}

type PlainAct = Exclude<CommandAct, { kind: 'undo-data' | 'redo-data' }>;

async function carryOut(act: PlainAct, props: CommandPaletteProps): Promise<void> {
  const { runActions, projects, transfers, onTheme } = props;
  switch (act.kind) {
    case 'go':
      return follow(act.href);
    case 'theme':
      return onTheme(act.choice);
    case 'open-project':
      await projects.open(act.folder);
      return follow(PROJECT_HREF);
    case 'close-project':
      await projects.close();
      return follow(PROJECTS_HREF);
    case 'stop-transfer':
      return void (await transfers.stop());
    case 'stop-run':
      return void (await runActions.stop(act.id));
    case 'resume-run':
      await runActions.resume(act.id);
      return follow(runHref(act.id));
    case 'bundle-run':
      await runActions.bundle(act.id);
      return follow(runHref(act.id));
    default:
      return act satisfies never;
  }
}

/** What the window does not know by itself, asked for anew each time the palette opens. */
function useLists({ isOpen, projects, sweeps: api, state }: CommandPaletteProps) {
  const [recent, setRecent] = useState<readonly RecentProject[]>([]);
  const [sweeps, setSweeps] = useState<readonly SweepHead[]>([]);
  const hasProject = state.project !== null && state.project !== undefined;
  useEffect(() => {
    if (!isOpen) return;
    // best effort: without them pages and runs are still there, and a lost connection shows by itself
    projects.home().then(
      (home) => setRecent(home.recent),
      () => setRecent([]),
    );
    (hasProject ? api.list() : Promise.resolve([])).then(setSweeps, () => setSweeps([]));
  }, [isOpen, projects, api, hasProject]);
  return { recent, sweeps };
}

function useShortcut(onPress: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isShortcut = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!isShortcut || event.key.toLowerCase() !== 'k') return;
      event.preventDefault(); // a browser would go to its search
      event.stopPropagation();
      onPress();
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [onPress]);
}
