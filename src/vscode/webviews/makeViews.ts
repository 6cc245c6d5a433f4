import * as vscode from 'vscode';
import type { Log } from '../../core/ports.ts';
import { systemClock } from '../../node/storage/systemClock.ts';
import type { Disposable, DisposableStore } from '../disposableStore.ts';
import type { EditorJobs } from '../jobs.ts';
import type { OpenBoard } from '../openBoard.ts';
import type { Projects } from '../ports.ts';
import type { MakeContext } from '../surroundings.ts';
import { agreeToAsk, agreeToSend } from '../teachFirst.ts';
import { dashboardPanel, type DashboardPanel } from './dashboardPanel.ts';
import { openLine } from './dataLine.ts';
import { reviewOpener } from './openReview.ts';
import { EditorOutside } from './outside.ts';
import { reviewActions } from './reviewActions.ts';
import { ReviewHost } from './reviewHost.ts';
import { ReviewPanel } from './reviewPanel.ts';
import { ReviewViewProvider } from './reviewView.ts';
import { reviewStrings } from './strings.ts';
import { TeacherReady } from './teacherReady.ts';
import { trainingPanel, type TrainingPanel } from './trainingPanel.ts';

export interface ViewParts {
  readonly extension: vscode.Uri;
  readonly projects: Projects & { known(): Promise<void> };
  readonly jobs: Pick<EditorJobs, 'onDidChange' | 'of' | 'run'>;
  readonly keys: {
    keyFor(origin: string): Promise<string | null>;
    onDidChange(listener: () => void): Disposable;
  };
  readonly makeContext: MakeContext;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What this person has agreed to on this computer. */
  readonly memory: vscode.Memento;
  /** Told of the Dashboard. */
  readonly board: Pick<OpenBoard, 'follow'>;
  readonly log: Log;
}

/** Review, Training and the Dashboard as the editor shows them. */
export interface Views {
  readonly host: ReviewHost;
  readonly side: ReviewViewProvider;
  readonly panel: ReviewPanel;
  readonly training: TrainingPanel;
  readonly dashboard: DashboardPanel;
}

/** Makes Review in its two places, Training and the Dashboard; `store` ends what they hold. */
export function makeViews(store: DisposableStore, parts: ViewParts): Views {
  const { extension, projects, environment, log } = parts;
  const host = reviewHost(store, parts);
  const panel = store.add(new ReviewPanel(extension, host));
  const shared = { extension, projects, clock: systemClock, log };
  const dashboard = store.add(
    dashboardPanel({
      ...shared,
      environment,
      review: (root, goal) => {
        projects.select(root);
        host.showInPanel(goal);
        panel.show();
      },
    }),
  );
  parts.board.follow(dashboard);
  return {
    host,
    side: new ReviewViewProvider(extension, host),
    panel,
    training: store.add(trainingPanel(shared)),
    dashboard,
  };
}

function reviewHost(store: DisposableStore, parts: ViewParts): ReviewHost {
  const { projects, jobs, keys, log } = parts;
  const ready = store.add(
    new TeacherReady({
      environment: parts.environment,
      keyFor: (origin) => keys.keyFor(origin),
      changes: [
        (listener) => keys.onDidChange(listener),
        (listener) => projects.onDidChange(listener),
        (listener) =>
          vscode.window.onDidChangeWindowState(({ focused }) => {
            // Profiles lie outside the workspace: whoever changed them comes back to this window.
            if (focused) listener();
          }),
      ],
    }),
  );
  const outside = new EditorOutside({
    jobs,
    teacherReady: (root) => ready.of(root),
    onTeacherChange: ready.onDidChange,
  });
  const host: ReviewHost = store.add(
    new ReviewHost({
      projects,
      open: reviewOpener(parts.makeContext, jobs, {
        toSend: (root, judge) => agreeToSend(parts, root, judge),
        judge: async (root) => (await import('../opinions.ts')).pickJudge(parts, root),
        toSpend: agreeToAsk,
      }),
      actionsFor: (root) =>
        reviewActions({
          root,
          reload: () => host.reload(),
          openBadLine: async () => openBadLine(await host.peer()),
          showInPanel: (id) => host.showInPanel({ id }),
          strings: reviewStrings,
        }),
      outside,
      log,
    }),
  );
  return host;
}

async function openBadLine(peer: Awaited<ReturnType<ReviewHost['peer']>>): Promise<void> {
  const bad = peer?.badLine();
  if (!bad) return;
  const { size } = await vscode.workspace.fs.stat(vscode.Uri.file(bad.path));
  await openLine({ path: bad.path, line: bad.line - 1, bytes: size });
}
