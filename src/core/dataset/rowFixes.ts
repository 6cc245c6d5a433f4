import { goldValue } from '../grading/gold.ts';
import { nearest } from '../nearest.ts';
import { sentence, type Text } from '../sentence.ts';
import { conflictAt } from './conflicts.ts';
import type { Finding, FindingKind } from './diagnose.ts';
import { scanLine, type FieldSpan } from './jsonSpans.ts';
import { escapesNonAscii, spellString } from './jsonString.ts';
import { guessMapping } from './guessMapping.ts';
import type { Patch } from './patch.ts';
import { questionId } from './question.ts';
import { NEEDED_FIELDS } from './questionProblems.ts';
import { idOf, MAX_ID } from './row.ts';
import type { RowFacts } from './rowFacts.ts';
import { removeField, setField } from './spanEdit.ts';

/** One way to mend a finding: changes inside lines, and whole lines that go. Nothing else of the file changes. */
export interface RowFix {
  readonly title: Text;
  /** What most people want. */
  readonly preferred: boolean;
  readonly patches: readonly { readonly line: number; readonly patch: Patch }[];
  /** 0-based lines. */
  readonly removes: readonly number[];
}

/** The file that is mended. */
export interface FixSource {
  readonly lines: readonly string[];
  readonly rows: readonly RowFacts[];
  /** Every id that stands in the file, also in rows that are left out. */
  readonly ids: ReadonlySet<string>;
}

const OPTIONAL: readonly string[] = ['rationale', 'equation', 'tags'];

/** The ways to mend a finding, best first. */
export function fixesOf(finding: Finding, source: FixSource): RowFix[] {
  const line = source.lines[finding.line] ?? '';
  const remove = removing(finding.line);
  switch (finding.kind) {
    case 'comma':
      return [
        patching(
          finding,
          { at: finding.from, removed: ',', inserted: '' },
          true,
          sentence`Remove the comma`,
        ),
        remove,
      ];
    case 'conflict':
      return conflictFixes(finding.line, source.lines);
    case 'missing':
      return [...missingFixes(finding, line, source), remove];
    case 'wrong-type':
    case 'empty':
      return [...fieldFixes(finding, line, source), remove];
    case 'long-id': {
      const text = source.rows[finding.line]?.id?.text ?? '';
      const id = unusedId(idOf(text, 'id', '').id, source.ids);
      return [setting(finding, line, 'id', id, sentence`Replace the id by its hash`), remove];
    }
    case 'bad-gold':
      return [...goldFixes(finding, line, source), remove];
    case 'same-key': {
      const index = fieldsOf(line).findIndex(({ keyStart }) => keyStart === finding.from);
      const title = sentence`Remove the field that does not count`;
      return index < 0 ? [] : [patching(finding, removeField(line, index), true, title)];
    }
    case 'same-id':
      return sameIdFixes(finding, line, source);
    case 'same-text':
      return [removing(finding.line, sentence`Remove the duplicate row`)];
    case 'equation':
      return [dropping(finding, line, 'equation', sentence`Remove the equation`)].flat();
    case 'spaces': {
      const text = source.rows[finding.line]?.answer?.text ?? '';
      return [setting(finding, line, 'answer', text.trim(), sentence`Remove the spaces`)];
    }
    case 'not-json':
    case 'not-object':
    case 'unreadable':
    case 'overlap-id':
    case 'overlap-text':
      return [remove];
    case 'overlap-numbers':
    case 'more':
      return [];
  }
}

/** Everything of one kind mended in the first way; null where that is none, or only one. */
export function fixAll(
  kind: FindingKind,
  findings: readonly Finding[],
  source: FixSource,
): { readonly fix: RowFix; readonly count: number } | null {
  if (kind === 'conflict') return bothSides(findings, source.lines);
  const ids = new Set(source.ids);
  const removes = new Set<number>();
  const patches: { line: number; patch: Patch }[] = [];
  let count = 0;
  for (const finding of findings) {
    if (finding.kind !== kind) continue;
    const [fix] = fixesOf(finding, { ...source, ids });
    if (!fix || fix.patches.some((one) => patches.some((known) => overlap(known, one)))) continue;
    count += 1;
    fix.removes.forEach((line) => removes.add(line));
    patches.push(...fix.patches);
    // What is made now is taken for the ones that follow.
    for (const id of newIds(fix, source)) ids.add(id);
  }
  if (count < 2) return null;
  const kept = patches.filter(({ line }) => !removes.has(line));
  const title =
    patches.length === 0
      ? sentence`Remove all ${removes.size} such rows`
      : sentence`Mend all ${count} of this kind`;
  return {
    count,
    fix: { title, preferred: false, patches: kept, removes: [...removes].sort((a, b) => a - b) },
  };
}

/** A conflict has three markers or four, and is mended once. */
function bothSides(
  findings: readonly Finding[],
  lines: readonly string[],
): ReturnType<typeof fixAll> {
  const removes = new Map<number, readonly number[]>();
  for (const { kind, line } of findings) {
    const conflict = kind === 'conflict' ? conflictAt(lines, line) : null;
    const [start] = conflict?.markers ?? [];
    if (!conflict || start === undefined) continue;
    removes.set(start, [...conflict.markers, ...conflict.base]);
  }
  const count = removes.size;
  if (count < 2) return null;
  const title = sentence`Keep the rows of both sides in all ${count} conflicts`;
  const gone = [...removes.values()].flat().sort((a, b) => a - b);
  return { count, fix: { title, preferred: false, patches: [], removes: gone } };
}

function overlap(
  a: { readonly line: number; readonly patch: Patch },
  b: { readonly line: number; readonly patch: Patch },
): boolean {
  if (a.line !== b.line) return false;
  const end = ({ at, removed }: Patch): number => at + removed.length;
  return a.patch.at <= end(b.patch) && b.patch.at <= end(a.patch);
}

/** The ids that the file has once a fix is made and that it did not have before. */
function newIds(fix: RowFix, source: FixSource): string[] {
  return fix.patches.flatMap(({ line, patch }) => {
    const text = source.lines[line] ?? '';
    const mended =
      text.slice(0, patch.at) + patch.inserted + text.slice(patch.at + patch.removed.length);
    const span = fieldsOf(mended).findLast(({ name }) => name === 'id');
    return span?.type === 'text'
      ? [String(JSON.parse(mended.slice(span.valueStart, span.valueEnd)))]
      : [];
  });
}

function fieldsOf(line: string): readonly FieldSpan[] {
  const scan = scanLine(line);
  return scan.kind === 'record' ? scan.fields : [];
}

function indexOf(line: string, name: string): number {
  return fieldsOf(line).findLastIndex((field) => field.name === name);
}

function removing(line: number, title: Text = sentence`Remove the row`): RowFix {
  return { title, preferred: false, patches: [], removes: [line] };
}

function patching(
  { line }: Pick<Finding, 'line'>,
  patch: Patch | null,
  preferred: boolean,
  title: Text,
): RowFix {
  return { title, preferred, patches: patch ? [{ line, patch }] : [], removes: [] };
}

function setting(
  finding: Finding,
  line: string,
  field: string,
  value: string,
  title: Text,
): RowFix {
  const patch = setField(line, indexOf(line, field), 'text', value);
  return patching(finding, patch, true, title);
}

function dropping(finding: Finding, line: string, field: string, title: Text): RowFix[] {
  const index = indexOf(line, field);
  return index < 0 ? [] : [patching(finding, removeField(line, index), true, title)];
}

/** An id is made from the question; a field under another name gets the one it should have. */
function missingFixes(finding: Finding, line: string, source: FixSource): RowFix[] {
  if (finding.field === 'id') return addId(finding, line, source);
  const index = misnamed(line, finding.field ?? '');
  const span = fieldsOf(line)[index];
  if (!span) return [];
  const inserted = spellString(finding.field ?? '', escapesNonAscii(line));
  const removed = line.slice(span.keyStart, span.keyEnd);
  const title = sentence`Rename the field ${span.name} to ${finding.field ?? ''}`;
  return [patching(finding, { at: span.keyStart, removed, inserted }, true, title)];
}

function addId(finding: Finding, line: string, { rows, ids }: FixSource): RowFix[] {
  const question = rows[finding.line]?.question?.text.trim();
  const scan = scanLine(line);
  if (!question || scan.kind !== 'record') return [];
  const [first, second] = scan.fields;
  // Spaced as the row spaces its own fields.
  const colon = first ? line.slice(first.keyEnd, first.valueStart) : ': ';
  const comma = first && second ? line.slice(first.valueEnd, second.keyStart) : ', ';
  const at = first ? first.keyStart : scan.open + 1;
  const id = spellString(unusedId(questionId(question), ids), escapesNonAscii(line));
  const inserted = `"id"${colon}${id}${first ? comma : ''}`;
  const title = sentence`Add an id made from the question`;
  return [patching(finding, { at, removed: '', inserted }, true, title)];
}

/** The place of a field that most likely is the one that is missing. */
function misnamed(line: string, wanted: string): number {
  const fields = fieldsOf(line);
  const known = new Set([...NEEDED_FIELDS, ...OPTIONAL]);
  const free = fields.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  const guessed = guessMapping([JSON.parse(line)])?.mapping;
  const synonym = wanted === 'question' ? guessed?.question : guessed?.answer;
  const name = synonym !== undefined && free.includes(synonym) ? synonym : nearest(wanted, free);
  return name === null ? -1 : fields.findLastIndex((field) => field.name === name);
}

function fieldFixes(finding: Finding, line: string, source: FixSource): RowFix[] {
  const field = finding.field ?? '';
  const index = indexOf(line, field);
  const span = fieldsOf(line)[index];
  if (!span) return [];
  const raw = line.slice(span.valueStart, span.valueEnd);
  if (field === 'tags' && span.type === 'text') {
    const title = sentence`Write it as a list`;
    return [patching(finding, setField(line, index, 'json', `[${raw}]`), true, title)];
  }
  if (OPTIONAL.includes(field)) return dropping(finding, line, field, sentence`Remove the field`);
  const isGold = field === 'answer' && goldValue(raw) !== null;
  if (span.type === 'number' && (field === 'id' || isGold)) {
    return [setting(finding, line, field, raw, sentence`Write the number as text`)];
  }
  const question = source.rows[finding.line]?.question?.text.trim();
  if (field !== 'id' || !question) return [];
  const id = unusedId(questionId(question), source.ids);
  return [setting(finding, line, 'id', id, sentence`Give it an id made from the question`)];
}

/** "… #### 12", as GSM8K is published. */
function goldFixes(finding: Finding, line: string, { rows }: FixSource): RowFix[] {
  const text = rows[finding.line]?.answer?.text ?? '';
  const gold = text.slice(text.lastIndexOf('####') + 4).trim();
  if (!text.includes('####') || goldValue(gold) === null) return [];
  return [setting(finding, line, 'answer', gold, sentence`Keep only what stands behind ####`)];
}

function sameIdFixes(finding: Finding, line: string, { rows, ids }: FixSource): RowFix[] {
  const row = rows[finding.line];
  const first = rows[finding.related[0]?.line ?? -1];
  const id = unusedId(row?.id?.text ?? '', ids);
  const isSame = row !== undefined && row.textKey === first?.textKey;
  const rename = {
    ...setting(finding, line, 'id', id, sentence`Make the id unique: ${id}`),
    preferred: !isSame,
  };
  const remove = {
    ...removing(
      finding.line,
      isSame ? sentence`Remove the duplicate row` : sentence`Remove the row`,
    ),
    preferred: isSame,
  };
  return isSame ? [remove, rename] : [rename, remove];
}

/** `id`, or `id-2`, `id-3` … where it is taken; never longer than an id may be. */
function unusedId(id: string, ids: ReadonlySet<string>): string {
  if (!ids.has(id)) return id;
  for (let count = 2; ; count += 1) {
    const end = `-${count}`;
    const next = id.slice(0, MAX_ID - end.length) + end;
    if (!ids.has(next)) return next;
  }
}

function conflictFixes(line: number, lines: readonly string[]): RowFix[] {
  const conflict = conflictAt(lines, line);
  if (!conflict) return [removing(line, sentence`Remove the marker`)];
  const { upper, lower, base, markers, upperName, lowerName } = conflict;
  const way = (title: Text, removes: readonly number[]): RowFix => ({
    title,
    preferred: false,
    patches: [],
    removes: [...removes].sort((a, b) => a - b),
  });
  return [
    way(sentence`Keep the rows of both sides`, [...markers, ...base]),
    way(sentence`Keep the rows of ${upperName}`, [...markers, ...base, ...lower]),
    way(sentence`Keep the rows of ${lowerName}`, [...markers, ...base, ...upper]),
  ];
}
