import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished, test, type TestContext } from 'vitest';
import { serveEditor, type Editor, type EditorOptions } from './serve.ts';

/** A test, skipped where no VS Code or no browser can run; `timeout` in ms, where the usual one may be too short. */
export function journey(
  title: string,
  run: (context: TestContext) => Promise<void>,
  timeout?: number,
): void {
  test.skipIf(inject('rig').missing !== null)(title, { ...(timeout ? { timeout } : {}) }, run);
}

/** A folder of this test's own, removed with it. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tailor-e2e-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Opens VS Code for this test and ends it with the test; a failed one leaves a picture. */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const rig = inject('rig');
  if (rig.missing !== null) throw new Error(rig.missing);
  const editor = await serveEditor(rig, scratchFolder(), options, (end) => onTestFinished(end));
  onTestFinished(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await editor.workbench.picture(`failed-${task.name.replace(/[^\w]+/gu, '-').slice(0, 60)}`);
    process.stderr.write(`${editor.server.log().split('\n').slice(-30).join('\n')}\n`);
  });
  return editor;
}
