import { copyFile, open, rm } from 'node:fs/promises';

/** The first row, counted from 0, that holds the word that is looked for. */
export const FIRST_FOUND = 4_711;

/** The word that only one row in 50,000 holds. */
export const SOUGHT = 'zebras';

/** What the row at a place says in its field `answer`. */
export const answerOf = (index: number): string => String((index % 97) - (index % 7));

/** About 1 kB, as a question with its rationale is; one in nine has characters beyond ASCII. */
function row(index: number): string {
  const name = index % 9 === 0 ? 'Zoë' : 'Robin';
  const animals = index % 50_000 === FIRST_FOUND ? SOUGHT : 'apples';
  return JSON.stringify({
    id: `q-${index}`,
    question: `${name} has ${index % 97} ${animals} and gives ${index % 7} away. ${'How many are left after that? '.repeat(8)}`,
    answer: answerOf(index),
    rationale: `${`${name} starts with ${index % 97} and takes ${index % 7} off. `.repeat(12)}\nAnswer: ${answerOf(index)}`,
    tags: ['bench', `family-${index % 12}`],
  });
}

/** Writes a data file of at least so many megabytes and says how many rows it has. */
export async function generate(path: string, megabytes: number): Promise<number> {
  const file = await open(path, 'w');
  let rows = 0;
  for (let bytes = 0; bytes < megabytes * 1e6;) {
    const block = Buffer.from(Array.from({ length: 1_000 }, () => `${row(rows++)}\n`).join(''));
    bytes += block.length;
    await file.writeFile(block);
  }
  await file.sync();
  await file.close();
  return rows;
}

/** A plain copy of the file that is as surely on the disk as a saved one; it is removed again. */
export async function copied(path: string, to: string): Promise<void> {
  await copyFile(path, to);
  const file = await open(to, 'r+');
  await file.sync();
  await file.close();
  await rm(to);
}
