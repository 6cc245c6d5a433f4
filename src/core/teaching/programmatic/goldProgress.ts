import type { Rational } from '../../grading/rational.ts';
import type { Claim } from './attemptSteps.ts';
import { equal } from './rational.ts';
import { leaf, operation, type Operation, type Tree } from './tree.ts';
import { show } from './rational.ts';

/** What stands for a subtree in the next step: its exact value, and how the attempt wrote it. */
interface Available {
  readonly value: Rational;
  readonly shown: Rational;
}

/** Which operations of the gold tree an attempt has done. Immutable: `after` gives the next one. */
export class GoldProgress {
  readonly tree: Tree;
  private readonly done: ReadonlyMap<Tree, Available>;

  constructor(tree: Tree, done: ReadonlyMap<Tree, Available> = new Map()) {
    this.tree = tree;
    this.done = done;
  }

  /** The operations that are not done, children first; a shared one once. */
  remaining(): Operation[] {
    const found = new Set<Operation>();
    const visit = (node: Tree): void => {
      if (node.kind === 'number' || this.done.has(node) || found.has(node)) return;
      visit(node.left);
      visit(node.right);
      found.add(node);
    };
    visit(this.tree);
    return [...found];
  }

  available(node: Tree): Available | null {
    if (node.kind === 'number') return { value: node.value, shown: node.value };
    return this.done.get(node) ?? null;
  }

  /** Whether a stated number is this operand of an open step. */
  is(node: Tree, value: Rational): boolean {
    const known = this.available(node);
    return known !== null && (equal(known.value, value) || equal(known.shown, value));
  }

  /** The steps that can be done now: both operands are numbers or results. */
  open(): Operation[] {
    return this.remaining().filter(
      (node) => this.available(node.left) && this.available(node.right),
    );
  }

  /** The progress after a right step; null when it is a step of another, equivalent tree. */
  after(claim: Claim): GoldProgress | null {
    const commutes = claim.op === '+' || claim.op === '*';
    const nodes = this.open().filter(
      (node) =>
        node.op === claim.op &&
        ((this.is(node.left, claim.left) && this.is(node.right, claim.right)) ||
          (commutes && this.is(node.left, claim.right) && this.is(node.right, claim.left))),
    );
    if (nodes.length === 0) return null;
    const done = new Map(this.done);
    for (const node of nodes) {
      done.set(node, { value: node.value, shown: claim.said?.value ?? node.value });
    }
    return new GoldProgress(this.tree, done);
  }

  /** The progress with every undone operation of this value done, by whatever way; null when there is none. */
  having(value: Rational): GoldProgress | null {
    const nodes = this.remaining().filter((node) => equal(node.value, value));
    if (nodes.length === 0) return null;
    const done = new Map(this.done);
    for (const node of nodes) done.set(node, { value, shown: value });
    return new GoldProgress(this.tree, done);
  }

  /** The rest of the work as a tree in which done operations are numbers, spelled as the attempt wrote them. */
  rest(): Tree {
    const made = new Map<Tree, Tree>();
    const visit = (node: Tree): Tree => {
      const known = this.done.get(node);
      if (known) return leaf(known.value, show(known.shown));
      if (node.kind === 'number') return node;
      const earlier = made.get(node);
      if (earlier) return earlier;
      const copy = operation(node.op, visit(node.left), visit(node.right));
      made.set(node, copy);
      return copy;
    };
    return visit(this.tree);
  }
}
