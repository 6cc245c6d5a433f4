import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import * as z from 'zod/mini';
import { recordsIn } from '../process/practiceLoop.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { addProfile, serveTeacher, useTeacher } from './rig/loopbackTeacher.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage, actsOf } from './rig/reviewPage.ts';

const NAME = 'loopback';
const OWN = 'A person adds 2 + 3 = 5.\nAnswer: 5';
const HINT = 'work out the first amount before anything else';

const state = z.object({ teaching: z.nullable(z.object({ profile: z.string() })) });

function taughtBy(folder: string): string | null {
  const text = readFileSync(join(folder, 'rounds/0/round.json'), 'utf8');
  return state.parse(JSON.parse(text)).teaching?.profile ?? null;
}

/** What the teacher's journals hold of this type. */
function received(folder: string, type: string): Record<string, unknown>[] {
  const at = join(folder, 'rounds/0/teacher');
  return existsSync(at) ? recordsIn(at).filter((record) => record['type'] === type) : [];
}

/** The files below a folder whose bytes hold this text. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .filter((path) => readFileSync(path).includes(text));
}

journey(
  'a teacher without a key, one that is gone and one with another key are named with what helps; then it teaches, and again with a hint',
  async () => {
    const scratch = scratchFolder();
    const [folder, home] = [join(scratch, 'practice'), join(scratch, 'home')];
    await practiceProject(folder, 'examined', 40);
    useTeacher(folder, NAME);
    const first = await serveTeacher(folder);
    addProfile(home, NAME, first.baseURL);
    const { workbench, userData } = await startEditor({ folder, home });
    let review = await ReviewPage.panel(workbench);

    // No key.
    const banner = review.frame.locator('.banner', { hasText: `No key for the teacher` });
    await banner.waitFor();
    await workbench.command('Tailor: Ask Teacher');
    await workbench.notification(`The teacher "${NAME}" needs a key.`);
    await workbench.picture('teacher-no-key');
    await workbench.pressInNotification('needs a key', 'Set Teacher Key');
    await workbench.answer(first.key);
    await workbench.until('Review asks for no key any more', async () => {
      return (await banner.count()) === 0;
    });
    await workbench.pressInNotification(/The key is kept for .* alone/u, 'Test Teacher');
    const report = workbench.page.locator('.view-lines', { hasText: `${NAME} answers.` });
    await report.waitFor();
    await workbench.picture('teacher-test');
    await workbench.command('View: Close Editor');
    // Behind another editor a page does not live on.
    review = await ReviewPage.at(workbench, 'panel');

    // Nobody there.
    await first.die();
    await review.focusQueue();
    const alone = await review.current();
    await review.askAgain(HINT);
    await review.frame.locator('.banner-warning', { hasText: 'Nobody answers' }).waitFor();
    await workbench.picture('teacher-gone');
    await review.focusQueue();
    await review.press('w');
    await review.openField();
    await workbench.page.keyboard.insertText(OWN);
    await review.press('Control+Enter');
    // It misses the gold: the checks refuse it, and the person keeps it all the same.
    await review.frame.getByText('Save all the same').click();
    await workbench.until('review goes on without a teacher', () =>
      actsOf(folder).some(({ types, questions }) => {
        return types.includes('write') && questions.includes(alone);
      }),
    );
    await workbench.command('Tailor: Ask Teacher');
    await workbench.notification(/Nobody answers .* Check that its server runs/u);
    await workbench.until('nothing runs any more', async () =>
      (await workbench.status.innerText()).includes('Teaching stopped'),
    );
    expect(received(folder, 'item')).toEqual([]);

    // There again, with another key.
    const second = await serveTeacher(folder, first.port);
    await workbench.command('Tailor: Ask Teacher');
    await workbench.pressInNotification('The teacher refused the key', 'Set Teacher Key');
    await workbench.answer(second.key);
    await workbench.notification(/The key is kept for .* alone/u);
    await workbench.command('Tailor: Ask Teacher');
    await workbench.until('the teacher has taught', () => taughtBy(folder) === NAME, 60_000);

    // Once more, with a hint.
    await review.focusQueue();
    await review.press('n');
    await workbench.until('an item with a rationale is shown', async () => {
      return (await review.candidates()) > 0 && (await review.current()) !== alone;
    });
    const [id, before] = [await review.current(), await review.candidates()];
    await review.askAgain(HINT);
    await workbench.until('a new rationale stands beside the others', async () => {
      return (await review.candidates()) > before;
    });
    await workbench.until('it is the one that is shown', async () => {
      const shown = await review.frame
        .locator('.side-teacher .tab[aria-pressed="true"]')
        .innerText();
      return shown.trim().startsWith(String(before + 1));
    });
    await workbench.picture('asked-again');
    const hints = recordsIn(join(folder, 'rounds/0/decisions')).filter(({ type }) => {
      return type === 'hint';
    });
    expect(hints.map(({ questionId, hint }) => [questionId, hint])).toEqual([
      [alone, HINT],
      [id, HINT],
    ]);
    const items = received(folder, 'item').filter(({ questionId }) => questionId === id);
    const anew = items.filter(({ flags }) =>
      z.parse(z.array(z.string()), flags).includes('reasked'),
    );
    expect(anew.map(({ accepted }) => accepted)).toContain(true);
    expect(anew.length).toBeLessThan(items.length);
    for (const { key } of [first, second]) {
      for (const place of [folder, home, userData]) expect(filesWith(place, key)).toEqual([]);
    }
    expect(workbench.violations).toEqual([]);
  },
);
