import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import * as z from 'zod/mini';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { CLI, practiceProject } from './rig/projects.ts';
import { ReviewPage } from './rig/reviewPage.ts';

/** Each would leave a mark, ask for something, or fool the eye, if it were taken for more than text. */
const HOSTILE = [
  '<script>globalThis.hit = 1</script>',
  '<img src=x onerror="globalThis.hit = 2">',
  '<img src="https://evil.example/pixel.png">',
  '<svg onload="globalThis.hit = 3"></svg>',
  '<iframe srcdoc="<script>parent.hit = 4</script>"></iframe>',
  '<a href="command:workbench.action.terminal.new">press</a>',
  '<link rel=stylesheet href="https://evil.example/x.css">',
  '"><script>globalThis.hit = 5</script>',
  '[press](command:workbench.action.terminal.new) ![](https://evil.example/y.png)',
  '$(alert) ${globalThis.hit = 6} {{constructor.constructor("globalThis.hit = 7")()}}',
  '<vscode-button onclick="globalThis.hit = 8">x</vscode-button>',
  '<style>@import "https://evil.example/z.css"; * { display: none }</style>',
  '\u202Egnp.exe\u202C \u200Bhidden\u200B \u001B[31mred\u001B[0m',
];
const question = z.looseObject({ id: z.string(), question: z.string() });

journey(
  'threat 6: script injection from dataset or teacher text runs nothing in a real window and asks no server',
  async () => {
    const folder = await practiceProject(join(scratchFolder(), 'practice'), 'new', 26);
    const file = join(folder, 'data', 'train.jsonl');
    const rows = readFileSync(file, 'utf8').trim().split('\n');
    const hostile = rows.map((row, index) => {
      const parsed = question.parse(JSON.parse(row));
      const text = `${HOSTILE[index % HOSTILE.length] ?? ''} ${parsed.question}`;
      return JSON.stringify({ ...parsed, question: text });
    });
    writeFileSync(file, `${hostile.join('\n')}\n`);
    execFileSync(process.execPath, [CLI, 'exam', '--project', folder, '--quiet']);
    const { workbench } = await startEditor({ folder });
    const dialogs: string[] = [];
    workbench.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const review = await ReviewPage.panel(workbench);
    await review.focusQueue();
    const seen = new Set<string>();
    for (let index = 0; index < 26; index += 1) {
      const at = await review.current();
      await workbench.until('the question is shown', async () =>
        (await review.frame.locator('.detail').innerText()).includes(at),
      );
      seen.add(await review.frame.locator('.detail').innerText());
      await review.press('j');
    }
    await workbench.picture('hostile-texts');
    const all = [...seen].join('\n');
    for (const text of HOSTILE.slice(0, 3)) expect(all).toContain(text);
    for (const hidden of ['\u202E', '\u200B', '\u001B']) expect(all).not.toContain(hidden);
    for (const frame of workbench.page.frames()) {
      expect(await frame.evaluate('globalThis.hit').catch(() => undefined)).toBeUndefined();
    }
    expect(await review.frame.locator('#root :is(script, img, iframe, link, style)').count()).toBe(
      0,
    );
    expect(dialogs).toEqual([]);
    expect(workbench.strangers).toEqual([]);
    expect(workbench.violations).toEqual([]);
  },
);
