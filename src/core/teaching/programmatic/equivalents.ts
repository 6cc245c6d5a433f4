import type { Rational } from '../../grading/rational.ts';
import type { Claim } from './attemptSteps.ts';
import { compare, divide, equal, rational, ZERO, subtract, ONE } from './rational.ts';
import { evaluate, leaf, orderedProduct, orderedSum, type Tree } from './tree.ts';

/**
 * What is left to do, with brackets and order taken out: sums and products of any number of parts. Two trees that
 * differ by commuting and re-bracketing have the same form.
 */
export type Form =
  | { readonly kind: 'leaf'; readonly value: Rational; readonly shown: Rational }
  | { readonly kind: 'sum' | 'product'; readonly parts: readonly Part[] };

interface Part {
  /** False: subtracted (in a sum) or divided by (in a product). */
  readonly direct: boolean;
  readonly form: Form;
}

const MAX_FORMS = 24;

function formLeaf(value: Rational, shown = value): Form {
  return { kind: 'leaf', value, shown };
}

function build(kind: 'sum' | 'product', parts: readonly Part[]): Form {
  const flat = parts.flatMap(({ direct, form }) =>
    form.kind === kind
      ? form.parts.map((part) => ({ direct: part.direct === direct, form: part.form }))
      : [{ direct, form }],
  );
  const [only] = flat;
  if (flat.length === 1 && only?.direct) return only.form;
  if (flat.length === 1 && only?.form.kind === 'leaf') {
    const { value } = only.form;
    if (kind === 'sum') return formLeaf(subtract(ZERO, value));
    if (value.n !== 0n) return formLeaf(divide(ONE, value));
  }
  return { kind, parts: flat };
}

export function formOf(tree: Tree): Form {
  if (tree.kind === 'number') return formLeaf(tree.value);
  const kind = tree.op === '+' || tree.op === '-' ? 'sum' : 'product';
  return build(kind, [
    { direct: true, form: formOf(tree.left) },
    { direct: tree.op === '+' || tree.op === '*', form: formOf(tree.right) },
  ]);
}

/** Back to a tree, in the order that keeps sums ≥ 0 and divides last. */
export function treeOf(form: Form): Tree {
  if (form.kind === 'leaf') return leaf(form.value);
  const parts = form.parts.map((part) => ({ direct: part.direct, tree: treeOf(part.form) }));
  return form.kind === 'sum' ? orderedSum(parts) : orderedProduct(parts);
}

export function keyOf(form: Form): string {
  if (form.kind === 'leaf') return `${form.value.n.toString()}/${form.value.d.toString()}`;
  const parts = form.parts.map((part) => `${part.direct ? '+' : '-'}${keyOf(part.form)}`).sort();
  return `${form.kind}(${parts.join(' ')})`;
}

/** Whether a stated number is this leaf: its exact value, or the spelling that an earlier step gave it. */
function isLeaf(form: Form, value: Rational): boolean {
  return form.kind === 'leaf' && (equal(form.value, value) || equal(form.shown, value));
}

interface Pair {
  readonly op: Claim['op'];
  readonly left: Rational;
  readonly right: Rational;
}

/** The two-operand steps that can be done now, as they would be written. */
export function openPairs(form: Form): Pair[] {
  if (form.kind === 'leaf') return [];
  const pairs: Pair[] = form.parts.flatMap((part) => openPairs(part.form));
  form.parts.forEach((a, i) => {
    for (const b of form.parts.slice(i + 1)) {
      if (a.form.kind !== 'leaf' || b.form.kind !== 'leaf') continue;
      const [first, second] = a.direct || !b.direct ? [a, b] : [b, a];
      if (first.form.kind !== 'leaf' || second.form.kind !== 'leaf') continue;
      const same = a.direct === b.direct;
      const op = form.kind === 'sum' ? (same ? '+' : '-') : same ? '*' : '/';
      pairs.push({ op, left: first.form.value, right: second.form.value });
    }
  });
  return pairs;
}

/** The part that a step over two parts leaves behind; null when the step is not what these parts ask for. */
function combine(kind: 'sum' | 'product', a: Part, b: Part, claim: Claim): Part | null {
  const commutes = kind === 'sum' ? '+' : '*';
  const inverse = kind === 'sum' ? '-' : '/';
  if (a.form.kind !== 'leaf' || b.form.kind !== 'leaf') return null;
  const forward = isLeaf(a.form, claim.left) && isLeaf(b.form, claim.right);
  const backward = isLeaf(b.form, claim.left) && isLeaf(a.form, claim.right);
  const make = (direct: boolean, x: Rational, y: Rational): Part | null => {
    if (claim.op === '/' && y.n === 0n) return null;
    const value = evaluate(claim.op, x, y);
    return { direct, form: formLeaf(value, claim.said?.value ?? value) };
  };
  if (claim.op === commutes && a.direct === b.direct && (forward || backward)) {
    return make(a.direct, a.form.value, b.form.value);
  }
  if (claim.op !== inverse || a.direct === b.direct) return null;
  const [first, second] = forward ? [a, b] : [b, a];
  if (!(forward || backward) || first.form.kind !== 'leaf' || second.form.kind !== 'leaf')
    return null;
  // Turned round, a difference is the same only as −(x − y): nobody who means that writes a negative one.
  const negative =
    kind === 'sum' && !first.direct && compare(first.form.value, second.form.value) < 0;
  return negative ? null : make(first.direct, first.form.value, second.form.value);
}

/** Every form that doing the claimed step once can leave; empty when the step is not open in this form. */
export function applications(form: Form, claim: Claim): Form[] {
  if (form.kind === 'leaf') return [];
  const { kind, parts } = form;
  const found: Form[] = [];
  for (const [i, a] of parts.entries()) {
    for (const inner of applications(a.form, claim)) {
      found.push(build(kind, parts.with(i, { direct: a.direct, form: inner })));
    }
    for (const [offset, b] of parts.slice(i + 1).entries()) {
      const part = combine(kind, a, b, claim);
      if (!part) continue;
      const rest = parts.filter((_, at) => at !== i && at !== i + 1 + offset);
      found.push(build(kind, [...rest.slice(0, i), part, ...rest.slice(i)]));
    }
  }
  return found;
}

/** The forms after a step, done in one place or in every place that asks for it (a result that is used twice). */
export function afterStep(forms: readonly Form[], claim: Claim): Form[] {
  const once = forms.flatMap((form) => applications(form, claim));
  const everywhere = once.map((form) => {
    let current = form;
    for (let next = applications(current, claim)[0]; next; next = applications(current, claim)[0]) {
      current = next;
    }
    return current;
  });
  return distinct([...once, ...everywhere]);
}

function distinct(forms: readonly Form[]): Form[] {
  return [...new Map(forms.map((form) => [keyOf(form), form])).values()].slice(0, MAX_FORMS);
}

/** Forms that one distribution, (a + b) × c → a×c + b×c, or one factoring, a×c + b×c → (a + b) × c, away. */
function neighbours(form: Form): Form[] {
  if (form.kind === 'leaf') return [];
  const inner = form.parts.flatMap((part, at) =>
    neighbours(part.form).map((changed) =>
      build(form.kind, form.parts.with(at, { direct: part.direct, form: changed })),
    ),
  );
  return [...inner, ...(form.kind === 'product' ? distributed(form.parts) : factored(form.parts))];
}

function distributed(parts: readonly Part[]): Form[] {
  return parts.flatMap((sum, i) => {
    const { form } = sum;
    if (form.kind !== 'sum' || !sum.direct) return [];
    return parts.flatMap((factor, j) => {
      if (i === j || factor.form.kind !== 'leaf') return [];
      const terms = form.parts.map((term) => ({
        direct: term.direct,
        form: build('product', [{ direct: true, form: term.form }, factor]),
      }));
      const rest = parts.filter((_, at) => at !== i && at !== j);
      return [build('product', [{ direct: true, form: build('sum', terms) }, ...rest])];
    });
  });
}

function factorsOf(part: Part): readonly Part[] {
  return part.form.kind === 'product' ? part.form.parts : [{ direct: true, form: part.form }];
}

function without(factors: readonly Part[], at: number): Form {
  const rest = factors.filter((_, index) => index !== at);
  return rest.length === 0 ? formLeaf(rational(1n)) : build('product', rest);
}

function factored(parts: readonly Part[]): Form[] {
  const found: Form[] = [];
  parts.forEach((a, i) => {
    parts.slice(i + 1).forEach((b, offset) => {
      if (a.form.kind !== 'product' || b.form.kind !== 'product') return;
      factorsOf(a).forEach((factor, x) => {
        const y = factorsOf(b).findIndex(
          (other) => other.direct === factor.direct && keyOf(other.form) === keyOf(factor.form),
        );
        if (factor.form.kind !== 'leaf' || y === -1) return;
        const sum = build('sum', [
          { direct: a.direct, form: without(factorsOf(a), x) },
          { direct: b.direct, form: without(factorsOf(b), y) },
        ]);
        const product = build('product', [{ direct: true, form: sum }, factor]);
        const rest = parts.filter((_, at) => at !== i && at !== i + 1 + offset);
        found.push(build('sum', [{ direct: true, form: product }, ...rest]));
      });
    });
  });
  return found;
}

/** The forms and their equivalents within two distributions or factorings, the given ones first. */
export function withEquivalents(forms: readonly Form[]): Form[] {
  const first = distinct([...forms, ...forms.flatMap(neighbours)]);
  return distinct([...first, ...first.slice(forms.length).flatMap(neighbours)]);
}
