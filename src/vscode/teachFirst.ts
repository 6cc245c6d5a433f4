import * as vscode from 'vscode';
import { cancelled } from '../core/errors.ts';
import type { Agreement } from '../core/round/agreement.ts';
import type { Sentence } from '../core/sentence.ts';
import { aboutPrices } from '../core/teaching/prices.ts';
import type { AskEstimate } from '../node/review/askMany.ts';
import { loadProject } from '../node/project/loadProject.ts';
import { systemClock } from '../node/storage/systemClock.ts';
import { isFree } from '../node/teacher/profiles.ts';
import type { Editor } from './editor.ts';
import { said } from './said.ts';
import { readTeacher } from './teacherStatus.ts';
import { count, moneyText } from './texts.ts';

/**
 * What of a project goes to a teacher that is not on this computer, said once for each profile and address. With `judge`
 * it is that profile, which is asked for second opinions.
 */
export async function agreeToSend(
  editor: Pick<Editor, 'environment' | 'memory'>,
  root: string,
  judge?: string,
): Promise<'paid' | 'free'> {
  const teacher = await readTeacher(root, editor.environment, judge);
  if (teacher.kind !== 'profile') return 'free';
  if (teacher.isLocal) return isFree(teacher.profile) ? 'free' : 'paid';
  const { profile, origin } = teacher;
  const what = judge === undefined ? '' : ' rationales';
  const key = `tailor.sends ${profile.name} ${origin}${what}`;
  if (editor.memory.get<boolean>(key) === true) return 'paid';
  const send = vscode.l10n.t('Send to {0}', origin);
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Teaching sends parts of this project to {0}.', origin),
    {
      modal: true,
      detail: [
        vscode.l10n.t('Teacher profile: {0}, model {1}.', profile.name, profile.model),
        judge === undefined
          ? vscode.l10n.t(
              'What is sent: the text of training questions, the student’s wrong attempts at them, gold answers where the teacher missed them, your hints, and the prompts of this project.',
            )
          : vscode.l10n.t(
              'What is sent: the text of training questions, their gold answers, rationales to judge, and the prompts of this project.',
            ),
        vscode.l10n.t(
          'Nothing else leaves this computer. You are asked once for each profile and address.',
        ),
      ].join('\n\n'),
    },
    send,
  );
  if (answer !== send) throw cancelled();
  await editor.memory.update(key, true);
  return 'paid';
}

/** What sending to the project's teacher of now, or to the profile that is named instead, within the project's limits of now, amounts to. */
export async function agreementOf(
  { environment }: Pick<Editor, 'environment'>,
  root: string,
  named?: string,
): Promise<Agreement> {
  const { maxRequests, maxTotalTokens, maxCost } = (await loadProject(root)).file.teaching;
  const known = await readTeacher(root, environment, named);
  const teacher =
    known.kind === 'profile'
      ? { profile: known.profile.name, origin: known.origin, model: known.profile.model }
      : null;
  return { teacher, maxRequests, maxTotalTokens, maxCost };
}

/** Nothing that may cost something or leaves this computer. */
export const NOTHING_PAID: Agreement = { teacher: null, maxRequests: 0, maxTotalTokens: 0 };

/**
 * Before a teacher that may cost something is asked: what leaves the computer, then what it will take, estimated from
 * five real calls, and the person's yes. Returns without a word where nothing can be spent.
 */
export async function agreeToTeach(
  editor: Editor,
  root: string,
  round: number | undefined,
): Promise<Agreement> {
  // Read before the person is asked: what changes while they think was not agreed to.
  const agreement = await agreementOf(editor, root);
  if ((await agreeToSend(editor, root)) === 'free') return NOTHING_PAID;
  const title = vscode.l10n.t('Estimate');
  const request = { root, stage: 'teach' as const, round: round ?? null, title };
  const { json, text } = await editor.jobs.run(request, async (context) =>
    (await import('../node/commands/estimate.ts')).estimate(
      { ...context, agreement },
      undefined,
      round === undefined ? {} : { round },
    ),
  );
  if (json.questions > 0) await sayYes(json, text, await limitOf(editor, root, agreement));
  return agreement;
}

/** Before a teacher is asked again about many questions: what it will take, and the person's yes. */
export async function agreeToAsk(estimate: AskEstimate): Promise<void> {
  const now = systemClock.now();
  if (estimate.of !== undefined) {
    const { describeOpinions } = await import('../node/commands/opinion.ts');
    await sayYes(estimate, describeOpinions({ ...estimate, rationales: estimate.questions }, now));
    return;
  }
  const { describeEstimate } = await import('../node/commands/estimate.ts');
  await sayYes(estimate, describeEstimate(estimate, now));
}

/** The same before a whole round's undecided rationales are judged, by a teacher that may cost something. */
export async function agreeToOpinions(
  editor: Editor,
  root: string,
  round: number | undefined,
  teacher: string,
): Promise<Agreement> {
  const agreement = await agreementOf(editor, root, teacher);
  if ((await agreeToSend(editor, root, teacher)) === 'free') return NOTHING_PAID;
  const title = vscode.l10n.t('Estimate');
  const request = { root, stage: 'other' as const, round: round ?? null, title };
  const { json, text } = await editor.jobs.run(request, async (context) =>
    (await import('../node/commands/opinion.ts')).estimateOpinion(
      { ...context, agreement, options: { ...context.options, teacher } },
      round === undefined ? {} : { round },
    ),
  );
  const { profile, rationales: questions } = json;
  if (questions === 0) return agreement;
  const limit = await limitOf(editor, root, agreement, teacher);
  await sayYes({ profile, questions, of: 'rationales' }, text, limit);
  return agreement;
}

async function sayYes(
  { profile, questions, of }: Pick<AskEstimate, 'profile' | 'questions' | 'of'>,
  detail: Sentence,
  limit = '',
): Promise<void> {
  const ask = vscode.l10n.t('Ask Teacher');
  const answer = await vscode.window.showInformationMessage(
    of === undefined
      ? vscode.l10n.t('Ask {0} about {1} questions?', profile, questions)
      : vscode.l10n.t('Ask {0} for its opinion of {1} rationales?', profile, questions),
    { modal: true, detail: [said(detail), limit].filter(Boolean).join('\n\n') },
    ask,
  );
  if (answer !== ask) throw cancelled();
}

/** Before what a round's teaching stops, in money too where a price is known, with the date of that price. */
async function limitOf(
  { environment }: Pick<Editor, 'environment'>,
  root: string,
  { maxRequests, maxTotalTokens, maxCost }: Agreement,
  named?: string,
): Promise<string> {
  const { t } = vscode.l10n;
  const [calls, tokens] = [count(maxRequests), count(maxTotalTokens)];
  const plain = t(
    'Each round stops before {0} calls or {1} tokens are exceeded (teaching.maxRequests and teaching.maxTotalTokens in tailor.json).',
    calls,
    tokens,
  );
  if (maxCost === undefined) return plain;
  const known = await readTeacher(root, environment, named);
  const prices = known.kind === 'profile' ? known.profile.prices : undefined;
  if (prices === undefined) {
    return `${plain} ${t('teaching.maxCost cannot hold: no price of this teacher is known.')}`;
  }
  const limit = t(
    'Each round stops before {0}, {1} calls or {2} tokens are exceeded (teaching.maxCost, teaching.maxRequests and teaching.maxTotalTokens in tailor.json).',
    moneyText(maxCost, prices.currency),
    calls,
    tokens,
  );
  return `${limit} ${said(aboutPrices(prices, systemClock.now()))}`;
}

/** Before rounds whose teaching cannot be estimated yet: what they can cost at most, and the person's yes. */
export async function agreeToBudget(editor: Editor, root: string): Promise<Agreement> {
  const agreement = await agreementOf(editor, root);
  if ((await agreeToSend(editor, root)) === 'free') return NOTHING_PAID;
  const run = vscode.l10n.t('Run');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Ask {0} without an estimate?', agreement.teacher?.profile ?? ''),
    {
      modal: true,
      detail: [
        await limitOf(editor, root, agreement),
        vscode.l10n.t('Run the exam alone first to get an estimate.'),
      ].join(' '),
    },
    run,
  );
  if (answer !== run) throw cancelled();
  return agreement;
}
