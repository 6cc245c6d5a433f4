import * as vscode from 'vscode';
import type { Clock } from '../../core/ports.ts';
import type { DashboardView } from '../../node/dashboard/dashboardView.ts';
import type { Params } from '../../shared/contract.ts';
import { dashboardContract, type DashboardContract } from '../../shared/dashboardContract.ts';
import { said } from '../said.ts';
import { openListed } from './openListed.ts';
import { DASHBOARD_PANEL } from './places.ts';
import { ProjectPanel, type ProjectPanelParts } from './projectPanel.ts';
import type { Goal } from './reviewHost.ts';
import { saveBoard } from './saveBoard.ts';
import { dashboardStrings, trainingStrings } from './strings.ts';

export interface DashboardPanelParts extends ProjectPanelParts {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Goes to an item or a list in Review. */
  readonly review: (root: string, goal: Goal) => Promise<void> | void;
  /** How often the files are looked at, in ms. */
  readonly pollMs?: number;
}

type Verb = Params<DashboardContract, 'run'>['verb'];

/** What a view's verb does: a command by name, with nothing from the view in it. */
const VERBS: Readonly<Record<Verb, string>> = {
  train: 'tailor.train',
  stop: 'tailor.stop',
  round: 'tailor.round',
  'look-at-test': 'tailor.lookAtTest',
  'show-training': 'tailor.showTraining',
};

export type DashboardPanel = ProjectPanel<DashboardContract, DashboardView>;

/** The rounds of the current project with their tests, lists, costs and curves, in an editor of its own. */
export function dashboardPanel(parts: DashboardPanelParts): DashboardPanel {
  const { clock, environment, pollMs } = parts;
  return new ProjectPanel(parts, {
    viewType: DASHBOARD_PANEL,
    page: 'dashboard',
    title: vscode.l10n.t('Round Dashboard'),
    contract: dashboardContract,
    handlers: (panel) => ({
      init: async () => ({
        state: (await panel.view()).snapshot(),
        strings: { ...trainingStrings(), ...dashboardStrings() },
      }),
      compare: async ({ from, to, set }) => ({
        rev: await (await panel.view()).compare(from, to, set),
      }),
      list: async ({ list, from, count }) => (await panel.view()).list(list, from, count),
      showRun: async ({ round, runId }) => ({
        rev: await (await panel.view()).showRun(round, runId),
      }),
      open: async (what) => {
        const { root } = panel.current();
        await openListed(await panel.view(), what, {
          root,
          review: (goal) => parts.review(root, goal),
        });
        return {};
      },
      export: async (what) => {
        const { root } = panel.current();
        return { saved: await saveBoard(await panel.view(), what, root) };
      },
      run: ({ verb }) => {
        const { root } = panel.current();
        // Not awaited: a round takes as long as it takes, and shows here how it goes.
        void vscode.commands.executeCommand(VERBS[verb], { root });
        return {};
      },
    }),
    open: async ({ root, name }) => {
      const { DashboardView } = await import('../../node/dashboard/dashboardView.ts');
      const { teacherPrices } = await import('../../node/dashboard/teacherPrices.ts');
      return DashboardView.open({
        root,
        project: name,
        clock,
        strings: trainingStrings(),
        say: said,
        prices: () => teacherPrices(environment),
        ...(pollMs === undefined ? {} : { pollMs }),
      });
    },
    follow: (view, tell) => {
      view.onState((state) => tell((server) => server.emit('state', state)));
    },
  });
}
