import * as vscode from 'vscode';
import { loadProject } from '../node/project/loadProject.ts';
import { ProjectStore } from '../node/project/projectStore.ts';
import type { Clock } from '../core/ports.ts';
import type { WorkspaceProjects } from './projects.ts';
import { STEPS, type RoundState, type Step } from '../core/round/state.ts';

type Node =
  | { readonly kind: 'project'; readonly root: string; readonly name: string }
  | { readonly kind: 'round'; readonly root: string; readonly state: RoundState }
  | {
      readonly kind: 'step';
      readonly root: string;
      readonly state: RoundState;
      readonly step: Step;
    };

const STEP_LABEL: Readonly<Record<Step, string>> = {
  exam: 'Exam',
  teach: 'Teaching',
  curate: 'Curation',
  freeze: 'Frozen set',
  train: 'Training',
};

/** Projects, their rounds and each round's steps, read from the project's files and nothing else. */
export class RoundsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  readonly onDidChangeTreeData = this.#changed.event;

  readonly #projects: WorkspaceProjects;

  constructor(projects: WorkspaceProjects, clock: Clock, warn: (message: string) => void) {
    this.#projects = projects;
    this.#clock = clock;
    this.#warn = warn;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    switch (node.kind) {
      case 'project': {
        const item = new vscode.TreeItem(node.name, Expanded);
        item.description = vscode.workspace.asRelativePath(node.root);
        item.iconPath = new vscode.ThemeIcon('beaker');
        return item;
      }
      case 'round': {
        const item = new vscode.TreeItem(
          vscode.l10n.t('Round {0}', node.state.round),
          node.state.round === 0 ? Expanded : Collapsed,
        );
        item.description = node.state.student.path;
        return item;
      }
      case 'step': {
        const item = new vscode.TreeItem(vscode.l10n.t(STEP_LABEL[node.step]), None);
        const fact = factOf(node.state, node.step);
        item.iconPath = new vscode.ThemeIcon(fact === null ? 'circle-outline' : 'check');
        item.description = fact ?? vscode.l10n.t('not done');
        return item;
      }
    }
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) {
      await this.#projects.known();
      return this.#projects.all.map(({ root, name }) => ({ kind: 'project', root, name }));
    }
    if (node.kind === 'project') return this.#rounds(node.root);
    if (node.kind === 'step') return [];
    return STEPS.map((step) => ({ kind: 'step', root: node.root, state: node.state, step }));
  }

  async #rounds(root: string): Promise<Node[]> {
    const { file } = await loadProject(root);
    const store = new ProjectStore({
      root,
      project: file,
      // Reading writes nothing: the name is never used.
      writer: 'tree',
      clock: this.#clock,
      onBad: ({ file: path, line, reason }) => this.#warn(`Line ${line} of ${path} ${reason}.`),
    });
    const nodes: Node[] = [];
    for (const round of await store.rounds()) {
      const state = await store.state(round);
      if (state) nodes.push({ kind: 'round', root, state });
    }
    return nodes;
  }
}

/** What a finished step left behind, in a few words; null while it is not finished. */
export function factOf(state: RoundState, step: Step): string | null {
  switch (step) {
    case 'exam': {
      const sets = Object.entries(state.exams);
      if (sets.length === 0) return null;
      return sets
        .map(([set, { questions, samples }]) => `${set} ${questions} × ${samples}`)
        .join(', ');
    }
    case 'teach':
      return state.teaching
        ? `${state.teaching.purpose}: ${state.teaching.accepted} rationales${state.teaching.programmatic ? ' (programmatic)' : ''}`
        : null;
    case 'curate':
      return state.curated ? `${state.curated.accepted} accepted` : null;
    case 'freeze':
      return state.frozen ? state.frozen.trainSha256.slice(0, 12) : null;
    case 'train':
      return state.training?.student?.path ?? null;
  }
}
