import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { isAppError } from '../../../src/core/errors.ts';
import { figures } from '../../../src/core/figures.ts';
import { sentence } from '../../../src/core/sentence.ts';
import { lateSentence } from '../../../src/core/round/lateDecisions.ts';
import { describeEstimate } from '../../../src/node/commands/estimate.ts';
import { importFile } from '../../../src/node/importFile.ts';
import { loadProject } from '../../../src/node/project/loadProject.ts';
import { findProfile } from '../../../src/node/teacher/profiles.ts';
import { stale } from '../../../src/node/review/stale.ts';
import { roundsTable } from '../../../src/node/terminal/roundsTable.ts';
import { connect } from '../../../src/shared/connect.ts';
import { defineContract } from '../../../src/shared/contract.ts';
import { serve } from '../../../src/shared/serve.ts';
import { runCommand, type Edge } from '../../../src/vscode/commands.ts';
import { said, saidOnWire } from '../../../src/vscode/said.ts';
import { speakGerman } from '../../fakes/germanWindow.ts';
import { portPair } from '../../fakes/channel.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

const logged: string[] = [];
const edge: Edge = {
  log: {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (message) => logged.push(message),
  },
  showLog: () => undefined,
};

beforeEach(() => {
  resetVscode();
  logged.length = 0;
});

/** What a person reads when a command fails. */
async function shown(work: () => Promise<unknown>): Promise<string | undefined> {
  await runCommand('Test', () => work().then(() => undefined), edge);
  return editor.errors.at(-1);
}

describe('a German window', () => {
  beforeEach(speakGerman);

  it('shows what a file operation refused in German, while message and log stay English', async () => {
    const path = join(await temporaryFolder(), 'no.jsonl');
    expect(await shown(() => importFile(path))).toBe(
      `Diese Datei oder diesen Ordner gibt es nicht: ${path} (ENOENT). Prüfen Sie den Pfad; wenn es vorher da war, stellen Sie es wieder her, oder starten Sie den Schritt erneut.`,
    );
    expect(logged.join()).toContain(`There is no such file or folder: ${path} (ENOENT).`);
    const error: unknown = await importFile(path).catch((cause: unknown) => cause);
    expect(isAppError(error) && error.message).toContain('There is no such file or folder');
  });

  it('names in German what a project file and a teacher profile lack', async () => {
    const root = join(await temporaryFolder(), 'p');
    await mkdir(root);
    await writeFile(join(root, 'tailor.json'), '{"v": 1, "name": 7}');
    const text = await shown(() => loadProject(root));
    expect(text).toContain('ist keine gültige Projektdatei: ');
    expect(text).toContain('name: Ungültige Eingabe: string erwartet, number gefunden');
    expect(text).toContain('Außerdem: ');
    expect(await shown(() => Promise.resolve(findProfile([], 'near')))).toBe(
      'Dieser Computer hat keinen Lehrer namens „near“. Fügen Sie ihn Ihren Lehrerprofilen hinzu, oder nehmen Sie „programmatic“.',
    );
  });

  it('says what commands found in German, its figures and tables, too', () => {
    const estimate = {
      questions: 40,
      profile: 'near',
      estimate: {
        questions: 40,
        sampled: 5,
        calls: { low: 38, high: 1234 },
        tokens: { low: 9000, high: 12_345 },
        likely: { calls: 60, tokens: 10_000 },
        cost: { low: 0.5, likely: 0.75, high: 1.25, currency: 'EUR', asOf: '2026-05-01' },
        seconds: { low: 60, high: 125 },
      },
    };
    expect(said(describeEstimate(estimate, Date.parse('2026-05-03')))).toBe(
      '40 Fragen: 60 (38–1.200) Aufrufe, 10.000 (9.000–12.000) Token, 0,75 (0,50–1,25) EUR nach Ihren Preisen, etwa 1 min 00 s bis 2 min 05 s. 95-%-Bereich aus 5 echten Aufrufen, die nicht noch einmal bezahlt werden. Preise vom 2026-05-01.',
    );
    expect(said(lateSentence(2, 3) ?? '')).toBe(
      '3 Entscheidungen kamen, nachdem Runde 2 eingefroren war: Sie zählen für die nächste Runde.',
    );
    expect(said(roundsTable([]))).toContain('Noch keine Runde hat begonnen.');
    expect(said(sentence`${'a.jsonl'}: ${figures('1.5')}`)).toBe('a.jsonl: 1,5');
  });

  it('tells a webview in German what was refused, and that something was not foreseen', async () => {
    const contract = defineContract({
      requests: {
        stale: { params: z.object({}), result: z.object({}) },
        broken: { params: z.object({}), result: z.object({}) },
      },
      events: {},
    });
    const { left: host, right: page } = portPair();
    serve(
      contract,
      host,
      {
        stale: () => Promise.reject(stale()),
        broken: () => Promise.reject(new Error('EACCES /secret')),
      },
      { say: saidOnWire },
    );
    const client = connect(contract, page);
    await expect(client.request('stale', {})).rejects.toMatchObject({
      code: 'STALE',
      message: 'Die Liste hat sich inzwischen geändert.',
      hint: 'Sie sehen den neuen Stand: Schauen Sie noch einmal, und wiederholen Sie es.',
    });
    await expect(client.request('broken', {})).rejects.toMatchObject({
      code: 'unexpected',
      message: 'Etwas Unvorhergesehenes ist schiefgegangen.',
      hint: 'Das Protokoll sagt mehr.',
    });
  });
});

it('an English window shows the same failure in English', async () => {
  const path = join(await temporaryFolder(), 'no.jsonl');
  expect(await shown(() => importFile(path))).toContain('There is no such file or folder');
});
