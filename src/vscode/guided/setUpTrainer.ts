import { join } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod';
import { cancelled } from '../../core/errors.ts';
import type { CommandContext, CommandResult } from '../../node/commands/context.ts';
import { ENVIRONMENT_SIZE } from '../../node/python/makeEnvironment.ts';
import type { Handler } from '../commands.ts';
import type { Editor } from '../editor.ts';
import { said } from '../said.ts';
import { configuredPython, configurePython } from '../settings.ts';
import { requireTrust } from '../trust.ts';
import { BACK, pick } from './inSteps.ts';

interface Choice extends vscode.QuickPickItem {
  /** A path, or what else is to be done. */
  readonly what: { readonly path: string } | 'search' | 'make' | 'browse';
}

/** "Set Up Trainer": the Python to train with, found, chosen or made, and what it has. */
export function setUpTrainerHandler(editor: Editor): Handler {
  return async () => {
    requireTrust();
    const { t } = vscode.l10n;
    await editor.projects.known();
    const choices = await candidates();
    const chosen = await pick(
      { title: t('Set Up Trainer'), step: 1, totalSteps: 1 },
      t('Which Python trains?'),
      choices,
    );
    if (chosen === BACK) throw cancelled();
    const { what } = chosen;
    if (what === 'make') await agreeToDownload();
    const path = what === 'browse' ? await browse() : typeof what === 'object' ? what.path : null;
    const folder = join(editor.storage, 'venv');
    const result = await editor.jobs.run(
      {
        root: editor.projects.current?.root ?? editor.storage,
        stage: 'other',
        round: null,
        title: t('Setting up'),
      },
      async (context): Promise<CommandResult> => {
        const { setUpTrainer } = await import('../../node/commands/setUpTrainer.ts');
        const named: CommandContext = path === null ? context : { ...context, python: path };
        return setUpTrainer(named, what === 'make' ? { make: true, folder } : {});
      },
    );
    const { ok, python } = reportSchema.parse(result.json);
    // A Python that cannot train yet is kept as well: the report says what it lacks.
    await configurePython(python);
    await editor.reports.show(t('Trainer'), said(result.text));
    if (!ok) await offerToMake();
  };
}

const reportSchema = z.object({ ok: z.boolean(), python: z.string() });

async function candidates(): Promise<Choice[]> {
  const { t } = vscode.l10n;
  const configured = configuredPython();
  const active = await activeInterpreter();
  return [
    ...(configured === undefined
      ? []
      : [{ label: configured, description: t('your setting'), what: { path: configured } }]),
    ...(active === null || active === configured
      ? []
      : [{ label: active, description: t('of the Python extension'), what: { path: active } }]),
    {
      label: `$(search) ${t('Look for one on this computer')}`,
      detail: t('TAILOR_PYTHON, an active virtual environment, python3 on the PATH'),
      what: 'search' as const,
    },
    {
      label: `$(add) ${t('Make an environment for Tailor')}`,
      detail: t(
        'About {0} to download, {1} on disk',
        ENVIRONMENT_SIZE.download,
        ENVIRONMENT_SIZE.disk,
      ),
      what: 'make' as const,
    },
    { label: `$(folder-opened) ${t('Choose a file…')}`, what: 'browse' as const },
  ];
}

/** What the Python extension's interface gives, as far as it is needed here. */
const pythonApiSchema = z.object({
  environments: z.object({
    getActiveEnvironmentPath: z.custom<() => unknown>((value) => typeof value === 'function'),
    resolveEnvironment: z.custom<(from: unknown) => Promise<unknown>>(
      (value) => typeof value === 'function',
    ),
  }),
});
const environmentSchema = z.object({
  executable: z.object({ uri: z.object({ scheme: z.literal('file'), fsPath: z.string() }) }),
});

/** The interpreter of the Python extension, where there is one; whatever goes wrong there is no failure of ours. */
async function activeInterpreter(): Promise<string | null> {
  const extension = vscode.extensions.getExtension('ms-python.python');
  if (!extension) return null;
  try {
    const { environments } = pythonApiSchema.parse(await extension.activate());
    const active = environments.getActiveEnvironmentPath();
    const resolved = environmentSchema.safeParse(await environments.resolveEnvironment(active));
    return resolved.data?.executable.uri.fsPath ?? null;
  } catch {
    return null;
  }
}

async function browse(): Promise<string> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      canSelectMany: false,
      openLabel: vscode.l10n.t('Use This Python'),
    })) ?? [];
  if (!uri) throw cancelled();
  return uri.fsPath;
}

async function agreeToDownload(): Promise<void> {
  const { t } = vscode.l10n;
  const make = t('Make Environment');
  const answer = await vscode.window.showWarningMessage(
    t('Make a Python environment for Tailor?'),
    {
      modal: true,
      detail: t(
        'pip fetches the pinned packages of the trainer (torch, transformers, safetensors, tokenizers, numpy) from the index that your pip configuration names: about {0} to download, {1} on disk.',
        ENVIRONMENT_SIZE.download,
        ENVIRONMENT_SIZE.disk,
      ),
    },
    make,
  );
  if (answer !== make) throw cancelled();
}

async function offerToMake(): Promise<void> {
  const { t } = vscode.l10n;
  const again = t('Set Up Trainer');
  const text = t('This Python cannot train yet; the report says what it lacks.');
  if ((await vscode.window.showWarningMessage(text, again)) === again) {
    await vscode.commands.executeCommand('tailor.setup');
  }
}
