import * as vscode from 'vscode';
import { isAppError } from '../core/errors.ts';
import type { Agreement } from '../core/round/agreement.ts';
import type { CommandContext, CommandResult } from '../node/commands/context.ts';
import type { Handler } from './commands.ts';
import type { Editor } from './editor.ts';
import { agreeToFreeze } from './freezeFirst.ts';
import type { Stage } from './ports.ts';
import { roundHandler } from './runRound.ts';
import { said } from './said.ts';
import { tellResult, type NextStep } from './tellResult.ts';
import { agreeToTeach } from './teachFirst.ts';
import { agreeToTrainAnew } from './trainAnew.ts';
import { requireTrust } from './trust.ts';

type StepId =
  | 'tailor.exam'
  | 'tailor.teach'
  | 'tailor.freeze'
  | 'tailor.train'
  | 'tailor.trainAnew'
  | 'tailor.round';

interface StepWork {
  readonly stage: Stage;
  readonly title: string;
  readonly next: NextStep | null;
  readonly work: (context: CommandContext, round: { round?: number }) => Promise<CommandResult>;
}

/** The commands that run a step of the loop in this window; `tailor` runs the same functions. */
export function stepHandlers(editor: Editor): Readonly<Record<StepId, Handler>> {
  const { t } = vscode.l10n;
  const steps = () => import('../node/commands/steps.ts');
  const review = { label: t('Open Review'), command: 'tailor.openReview' };
  const exam: StepWork = {
    stage: 'exam',
    title: t('Exam'),
    next: { label: t('Ask Teacher'), command: 'tailor.teach' },
    work: async (context, round) => (await steps()).exam(context, round),
  };
  const teach = (agreement: Agreement): StepWork => ({
    stage: 'teach',
    title: t('Teaching'),
    next: review,
    work: async (context, round) =>
      (await steps()).teach({ ...context, agreement }, undefined, round),
  });
  const freeze: StepWork = {
    stage: 'freeze',
    title: t('Freezing'),
    next: { label: t('Train Student'), command: 'tailor.train' },
    work: async (context, round) => (await steps()).freeze(context, round),
  };
  const train: StepWork = {
    stage: 'train',
    title: t('Training'),
    next: { label: t('Run Exam'), command: 'tailor.exam' },
    work: async (context, round) => (await steps()).train(context, round),
  };
  const anew: StepWork = {
    ...train,
    work: async (context, round) => (await steps()).train(context, { ...round, fresh: true }),
  };
  const acceptFirst: StepWork = {
    ...freeze,
    work: async (context, round) => {
      const { decide } = await import('../node/commands/review.ts');
      await decide(context, 'accept', { ...round, rule: 'gate-accept', names: [] });
      return freeze.work(context, round);
    },
  };
  return {
    'tailor.exam': (target) => doStep(editor, target, exam),
    'tailor.train': (target) => doStep(editor, target, train),
    'tailor.trainAnew': async (target) => {
      requireTrust();
      const { root } = await editor.projects.pick(target.root);
      await agreeToTrainAnew(target);
      await doStep(editor, { ...target, root }, anew);
    },
    'tailor.teach': async (target) => {
      requireTrust();
      const { root } = await editor.projects.pick(target.root);
      const agreement = await agreeToTeach(editor, root, target.round);
      await doStep(editor, { ...target, root }, teach(agreement));
    },
    'tailor.freeze': async (target) => {
      requireTrust();
      const { root } = await editor.projects.pick(target.root);
      const how = await agreeToFreeze(editor, root, target.round);
      await doStep(editor, { ...target, root }, how === 'as-it-is' ? freeze : acceptFirst);
    },
    'tailor.round': roundHandler(editor),
  };
}

async function doStep(
  editor: Editor,
  target: { readonly root?: string | undefined; readonly round?: number | undefined },
  { stage, title, next, work }: StepWork,
): Promise<void> {
  requireTrust();
  const { root } = await editor.projects.pick(target.root);
  const round = target.round === undefined ? {} : { round: target.round };
  const request = { root, stage, round: target.round ?? null, title };
  const { text } = await editor.jobs.run(request, (context) => work(context, round));
  editor.log.info(String(text));
  void tellResult(said(text), next, root).catch((error: unknown) => {
    // The button's own command has shown what went wrong.
    if (!isAppError(error)) editor.log.error(String(error));
  });
}
