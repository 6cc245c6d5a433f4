import type { PracticeData } from './stories.ts';

/** README.md of a practice project: what its parts are, and what its numbers may not be used for. */
export function practiceReadme(data: PracticeData, teacher: string): string {
  const about =
    teacher === 'programmatic'
      ? `is programmatic: it works from the questions' equations and is no language model`
      : `is the profile "${teacher}" of the settings of whoever runs it`;
  const count = (rows: readonly unknown[]): string => String(rows.length);
  const kinds = new Set(data.train.map(({ kind = 'number' }) => kind));
  const asked =
    kinds.size === 1 && kinds.has('number')
      ? ''
      : `
Answers are of these kinds: ${[...kinds].join(', ')}. A choice has four numbers to choose from, and yes or no says whether
a story comes to more or fewer than a number; the base student was schooled in neither.
`;
  return `# Practice project

**Demonstration numbers.** The student is a practice student (1.7 M parameters, trained on generated stories) and
the teacher ${about}. Accuracies measured here show the loop at work; they say nothing about real students or teachers.

| file | what |
|---|---|
| \`tailor.json\` | task, student, teacher, exam and training settings |
| \`data/train.jsonl\` | ${count(data.train)} questions that are examined and taught |
| \`data/dev.jsonl\` | ${count(data.dev)} questions with other names, things and numbers; never taught |
| \`data/unseen.jsonl\` | ${count(data.unseen)} questions in phrasings that occur nowhere else; reported apart |
| \`models/practice-base/\` | the base student, a Hugging Face folder (not in git) |
| \`rounds/\` | what each round examined, taught, decided and trained |

Tags of a question: its family, its number of steps, and whether the base was schooled in the family (\`known\`) or
not (\`new\`).

${
  asked === ''
    ? ''
    : `${asked.trimStart()}
`
}Run \`tailor round\` in this folder for all its rounds, \`tailor status\` for the table.
`;
}
