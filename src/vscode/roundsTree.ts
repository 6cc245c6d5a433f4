import * as vscode from 'vscode';
import { PROJECT_FILE } from '../node/project/projectFileName.ts';
import { STEPS, type Step } from '../core/round/step.ts';
import type { Text } from '../core/sentence.ts';
import type { EditorJobs } from './jobs.ts';
import type { WorkspaceProjects } from './projects.ts';
import { said } from './said.ts';
import { jobPlace, placesOf, type RoundPlace, type Standing } from './standing.ts';
import { roundDescription, roundTooltip, stepLook } from './stepItem.ts';

/** A row of the tree; `root` and `round` name what a command on it means. */
export type RoundsNode =
  | { readonly kind: 'project'; readonly root: string; readonly name: string }
  | { readonly kind: 'data'; readonly root: string }
  | { readonly kind: 'set'; readonly root: string; readonly set: string; readonly path: string }
  | { readonly kind: 'broken'; readonly root: string; readonly message: Text }
  | {
      readonly kind: 'round';
      readonly root: string;
      readonly round: number;
      readonly place: RoundPlace;
      readonly places: readonly RoundPlace[];
      readonly after: RoundPlace | null;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: 'step';
      readonly root: string;
      readonly round: number;
      readonly step: Step;
      readonly place: RoundPlace;
      readonly places: readonly RoundPlace[];
    };

/** What a click on a step does: it looks, it never runs. */
const CLICK: Readonly<Partial<Record<Step, string>>> = {
  curate: 'tailor.openReview',
  train: 'tailor.showTraining',
};

/** Projects, their rounds and each round's steps with what is running in them. */
export class RoundsTree implements vscode.TreeDataProvider<RoundsNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<RoundsNode | undefined>();
  readonly #projects: WorkspaceProjects;
  readonly #standing: Standing;
  readonly #jobs: EditorJobs;
  /** The row of the step that a job runs, by project: it alone is drawn anew while the job goes on. */
  readonly #live = new Map<string, RoundsNode>();
  #jobKeys = '';
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(projects: WorkspaceProjects, standing: Standing, jobs: EditorJobs) {
    this.#projects = projects;
    this.#standing = standing;
    this.#jobs = jobs;
  }

  refresh(): void {
    this.#live.clear();
    this.#changed.fire(undefined);
  }

  /** A job began, went on or ended. */
  jobsChanged(): void {
    const keys = this.#projects.all
      .map(({ root }) => `${root}${this.#jobs.of(root)?.startedAt ?? ''}`)
      .join();
    if (keys !== this.#jobKeys || this.#live.size === 0) {
      this.#jobKeys = keys;
      this.refresh();
    } else for (const node of this.#live.values()) this.#changed.fire(node);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async getChildren(node?: RoundsNode): Promise<RoundsNode[]> {
    if (!node) {
      await this.#projects.known();
      const { all, broken } = this.#projects;
      return [
        ...all.map(({ root, name }) => ({ kind: 'project' as const, root, name })),
        ...broken.map(({ root, message }) => ({ kind: 'broken' as const, root, message })),
      ];
    }
    if (node.kind === 'project') {
      return [{ kind: 'data', root: node.root }, ...(await this.#rounds(node.root))];
    }
    if (node.kind === 'data') return setRows(node.root);
    if (node.kind !== 'round') return [];
    const { root, round, place, places } = node;
    // Nothing is taught after the last exam.
    const steps = place.facts?.isLast === true ? STEPS.slice(0, 1) : STEPS;
    return steps.map((step) => ({ kind: 'step', root, round, step, place, places }));
  }

  getTreeItem(node: RoundsNode): vscode.TreeItem {
    const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    switch (node.kind) {
      case 'project': {
        const item = new vscode.TreeItem(node.name, Expanded);
        item.id = node.root;
        const path = vscode.workspace.asRelativePath(node.root);
        // The folder of the workspace itself has no relative path: its name is enough.
        if (path !== node.root) item.description = path;
        item.tooltip = `${node.name}: ${node.root}`;
        item.iconPath = new vscode.ThemeIcon('beaker');
        item.contextValue = this.#jobs.of(node.root) ? 'project.busy' : 'project.idle';
        return item;
      }
      case 'data': {
        const item = new vscode.TreeItem(vscode.l10n.t('Data'), Collapsed);
        item.id = `${node.root} data`;
        item.iconPath = new vscode.ThemeIcon('database');
        item.contextValue = 'data';
        return item;
      }
      case 'set':
        return setItem(node);
      case 'broken': {
        const item = new vscode.TreeItem(vscode.workspace.asRelativePath(node.root));
        item.description = said(node.message);
        item.tooltip = item.description;
        item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('errorForeground'));
        const uri = vscode.Uri.joinPath(vscode.Uri.file(node.root), PROJECT_FILE);
        item.command = { command: 'vscode.open', title: '', arguments: [uri] };
        item.contextValue = 'broken';
        return item;
      }
      case 'round':
        return roundItem(node);
      case 'step':
        return this.#stepItem(node);
    }
  }

  async #rounds(root: string): Promise<RoundsNode[]> {
    const places = placesOf(await this.#standing.of(root));
    const open = places.find(({ next }) => next !== null) ?? places.at(-1);
    return places.map((place, index) => ({
      kind: 'round',
      root,
      round: place.round,
      place,
      places,
      after: places[index + 1] ?? null,
      isOpen: place === open,
    }));
  }

  #stepItem(node: RoundsNode & { readonly kind: 'step' }): vscode.TreeItem {
    const { root, round, step, place, places } = node;
    const job = this.#jobs.of(root);
    const at = job && jobPlace(places, job);
    const isHere = at?.round === round && at.step === step;
    const look = stepLook(step, place.facts, place.next, isHere ? job : null);
    if (look.phase === 'running' || look.phase === 'stopping') this.#live.set(root, node);
    const item = new vscode.TreeItem(look.label, vscode.TreeItemCollapsibleState.None);
    item.id = `${root} ${round} ${step}`;
    item.description = look.description;
    item.tooltip = look.tooltip;
    item.iconPath = new vscode.ThemeIcon(look.icon);
    item.contextValue = `step.${step}.${look.phase}`;
    const command = CLICK[step];
    if (command !== undefined) {
      item.command = { command, title: look.label, arguments: [{ root, round }] };
    }
    return item;
  }
}

/** The sets that the project file names; none where it cannot be read, which the row above says. */
async function setRows(root: string): Promise<RoundsNode[]> {
  const { namedSets } = await import('./namedSets.ts');
  const sets = await namedSets(root).catch(() => []);
  return sets.map(({ name, path }) => ({ kind: 'set', root, set: name, path }));
}

function setItem({ root, set, path }: RoundsNode & { readonly kind: 'set' }): vscode.TreeItem {
  const item = new vscode.TreeItem(set, vscode.TreeItemCollapsibleState.None);
  item.id = `${root} data ${set}`;
  item.description = path;
  item.tooltip = `${set}: ${path}`;
  item.iconPath = new vscode.ThemeIcon('table');
  item.contextValue = 'data.set';
  const title = vscode.l10n.t('Open in Dataset Editor');
  item.command = { command: 'tailor.openDataset', title, arguments: [{ root, set }] };
  return item;
}

function roundItem(node: RoundsNode & { readonly kind: 'round' }): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const { place, after, root, round, isOpen } = node;
  const item = new vscode.TreeItem(
    vscode.l10n.t('Round {0}', round),
    isOpen ? Expanded : Collapsed,
  );
  // The state is part of the id: a round that has become the open one unfolds by itself.
  item.id = `${root} ${round} ${isOpen ? 'open' : ''}`;
  item.description = roundDescription(place.facts, after?.facts ?? null);
  item.tooltip = roundTooltip(place.facts, after?.facts ?? null);
  item.contextValue = place.next === null ? 'round.over' : 'round.open';
  return item;
}
