import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Question } from '../../../../../src/core/dataset/question.ts';

const ROOT = join(import.meta.dirname, '../../../../../../shared/data');
const path = (name: string): string => join(ROOT, name);

/** Why a public set cannot be used here; undefined where it is present. */
export function absent(name: string): string | undefined {
  return existsSync(path(name)) ? undefined : `${name} is not in ../shared/data`;
}

interface SvampRow {
  readonly ID: string;
  readonly Body: string;
  readonly Question: string;
  readonly Equation: string;
  readonly Answer: number;
}

export function svamp(): Question[] {
  const rows: SvampRow[] = JSON.parse(readFileSync(path('svamp/SVAMP.json'), 'utf8'));
  return rows.map((row) => ({
    id: row.ID,
    question: `${row.Body}${/[.?!]\s*$/u.test(row.Body) ? ' ' : '. '}${row.Question}`,
    answer: String(row.Answer),
    equation: row.Equation,
  }));
}

interface MultiArithRow {
  readonly iIndex: number;
  readonly sQuestion: string;
  readonly lEquations: readonly string[];
  readonly lSolutions: readonly number[];
}

export function multiArith(): Question[] {
  const rows: MultiArithRow[] = JSON.parse(
    readFileSync(path('multiarith/MultiArith.json'), 'utf8'),
  );
  return rows.map((row) => ({
    id: `multiarith-${row.iIndex}`,
    question: row.sQuestion.trim(),
    answer: String(row.lSolutions[0]),
    equation: row.lEquations[0]!,
  }));
}

/** MAWPS + ASDiv-A: prefix equations over `numberN`, filled from the row's own numbers. */
export function mawps(): Question[] {
  const lines = readFileSync(path('svamp/mawps-asdiv-a.train.csv'), 'utf8').split('\n').slice(1);
  return lines.flatMap((line, index) => {
    const match = /^(?:"([^"]*)"|([^,]*)),([^,]*),([^,]*),([^,]*),/u.exec(line);
    if (!match) return [];
    const numbers = match[3]!.trim().split(/\s+/u);
    const fill = (text: string): string =>
      text.replace(/number(\d+)/gu, (_, n: string) => numbers[Number(n)] ?? '');
    const question = fill(match[1] ?? match[2] ?? '');
    return [{ id: `mawps-${index}`, question, answer: match[5]!, equation: fill(match[4]!) }];
  });
}

export interface PublishedSolution {
  readonly question: Question;
  readonly solution: string;
  readonly right: boolean;
}

/** GSM8K's published example solutions of four models, with the reference solution as the question's rationale. */
export function gsm8kSolutions(): PublishedSolution[] {
  const lines = readFileSync(path('gsm8k/example_model_solutions.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.flatMap((line, index) => {
    const row: Record<string, unknown> & { question: string; ground_truth: string } =
      JSON.parse(line);
    const [rationale, answer] = row.ground_truth.split(/\nA: /u);
    const question = {
      id: `gsm8k-${index}`,
      question: row.question,
      answer: answer ?? '',
      rationale: rationale ?? '',
    };
    return Object.values(row).flatMap((value) => {
      if (typeof value !== 'object' || value === null || !('solution' in value)) return [];
      const one = value as { is_correct: boolean; solution: string };
      return [{ question, solution: one.solution, right: one.is_correct }];
    });
  });
}
