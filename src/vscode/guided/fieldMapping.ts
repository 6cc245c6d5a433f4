import * as vscode from 'vscode';
import type { DataFormat } from '../../core/dataset/importers.ts';
import { examplesOf, exampleSentence } from '../../core/dataset/describeGuess.ts';
import { pathsOf, valueAt } from '../../core/dataset/fieldPath.ts';
import {
  lookAtMapping,
  PARTS,
  type MappingGuess,
  type Part,
} from '../../core/dataset/guessMapping.ts';
import type { FieldMapping } from '../../core/dataset/mapped.ts';
import type { Peek } from '../../node/imports/peekFile.ts';
import { said } from '../said.ts';
import { count } from '../texts.ts';
import { ask, BACK, pick, type Place } from './inSteps.ts';

/** What is known so far: without a question and an answer nothing can be imported. */
type Draft = Partial<FieldMapping>;

/**
 * Which field of own rows is which: the guess part by part, each with how many rows have it, and how the first row is read
 * so; every part can be changed, until the person imports with what stands there.
 */
export async function agreeMapping(file: string, peek: Peek): Promise<DataFormat> {
  const { t } = vscode.l10n;
  const place = { title: t('Which field of {0} is which?', file), step: 1, totalSteps: 1 };
  let draft: Draft = peek.guess?.guess?.mapping ?? {};
  for (;;) {
    const { question, answer } = draft;
    const mapping: FieldMapping | null =
      question === undefined || answer === undefined ? null : { ...draft, question, answer };
    const seen = mapping && lookAtMapping(peek.rows, mapping);
    const chosen = await pick(place, t('Choose a part to change it.'), [
      ...(mapping && seen ? [importItem(mapping, seen, peek)] : []),
      ...partItems(draft, seen),
      kindItem(seen),
    ]);
    if (chosen === BACK) continue;
    if (chosen.act === 'import') {
      if (mapping) return { kind: 'mapped', mapping };
    } else if (chosen.act === 'kind') draft = await changedKind(draft, place);
    else draft = await changedPart(draft, chosen.act, peek, place);
  }
}

type Item = vscode.QuickPickItem & { readonly act: Part | 'import' | 'kind' };

function importItem(mapping: FieldMapping, seen: MappingGuess, peek: Peek): Item {
  const { t } = vscode.l10n;
  const [first] = examplesOf(mapping, peek.rows);
  return {
    act: 'import',
    label: t('Import with these fields'),
    description: t(
      '{0} of {1} rows can be read so',
      count(seen.seen.answer ?? 0),
      count(seen.rows),
    ),
    ...(first && { detail: said(exampleSentence(first)) }),
  };
}

function partLabel(part: Part): string {
  const { t } = vscode.l10n;
  switch (part) {
    case 'question':
      return t('Question');
    case 'answer':
      return t('Answer');
    case 'choices':
      return t('Choices');
    case 'rationale':
      return t('Rationale');
    case 'equation':
      return t('Equation');
    case 'id':
      return t('Id');
  }
}

function partItems(draft: Draft, seen: MappingGuess | null): Item[] {
  const { t } = vscode.l10n;
  return PARTS.map((part) => {
    const value = draft[part];
    const named = value === undefined ? t('none') : [value].flat().join(' + ');
    const found = seen?.seen[part];
    return {
      act: part,
      label: `${partLabel(part)}: ${named}`,
      ...(seen && found !== undefined
        ? { description: t('in {0} of {1} rows', count(found), count(seen.rows)) }
        : {}),
    };
  });
}

function kindName(kind: MappingGuess['kind']): string {
  const { t } = vscode.l10n;
  switch (kind) {
    case 'number':
      return t('numbers');
    case 'choice':
      return t('choices');
    case 'yes-no':
      return t('yes or no');
    case 'exact':
      return t('plain texts');
    case 'regex':
      return t('patterns');
    case 'own':
      return t('as each row says');
  }
}

function kindItem(seen: MappingGuess | null): Item {
  const { t } = vscode.l10n;
  const name = seen ? kindName(seen.kind) : t('by the answers');
  return { act: 'kind', label: `${t('Kind of the answers')}: ${name}` };
}

async function changedKind(draft: Draft, place: Place): Promise<Draft> {
  const kinds = ['number', 'choice', 'yes-no', 'exact', 'regex'] as const;
  const chosen = await pick(
    { ...place, step: 2, totalSteps: 2 },
    vscode.l10n.t('How are the answers read and compared?'),
    kinds.map((answers) => ({ label: kindName(answers), answers })),
  );
  return chosen === BACK ? draft : { ...draft, kind: chosen.answers };
}

/** Texts of fields are cut here: an item is one line. */
const MOST_SHOWN = 100;

async function changedPart(draft: Draft, part: Part, peek: Peek, place: Place): Promise<Draft> {
  const { t } = vscode.l10n;
  const fields = [...new Set(peek.rows.flatMap((row) => pathsOf(row)))];
  const example = (path: string): string => {
    const value = peek.rows.map((row) => valueAt(row, path)).find((one) => one != null);
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
    return text.replace(/\s+/gu, ' ').slice(0, MOST_SHOWN);
  };
  const below = { ...place, step: 2, totalSteps: 2 };
  const isNeeded = part === 'question' || part === 'answer';
  const chosen = await pick(below, t('Which field is it: {0}?', partLabel(part)), [
    ...fields.map((path) => ({ label: path, description: example(path), path })),
    ...(part === 'choices' ? [{ label: t('A column for each choice…'), path: COLUMNS }] : []),
    ...(isNeeded ? [] : [{ label: t('None'), path: null }]),
  ]);
  if (chosen === BACK) return draft;
  const { [part]: _former, ...others } = draft;
  if (chosen.path === null) return others;
  if (chosen.path !== COLUMNS) return { ...others, [part]: chosen.path };
  const columns = await ask(below, t('The columns in order, with + between them.'), {
    value: [draft.choices ?? []].flat().join('+'),
    placeholder: 'A+B+C+D',
    problem: (text) => {
      const unknown = split(text).find((name) => !fields.includes(name));
      if (unknown !== undefined) return t('There is no field called {0}.', unknown);
      return split(text).length < 2 ? t('Name two columns at least.') : null;
    },
  });
  return columns === BACK ? draft : { ...others, choices: split(columns) };
}

const COLUMNS = Symbol('columns');
const split = (text: string): string[] =>
  text
    .split('+')
    .map((name) => name.trim())
    .filter((name) => name !== '');
