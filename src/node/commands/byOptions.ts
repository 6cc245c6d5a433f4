import type { TeachingPurpose } from '../../core/teaching/records.ts';
import type { CommandContext, CommandResult } from './context.ts';
import { estimate } from './estimate.ts';
import { estimateTraining } from './estimateTraining.ts';
import { previewFreeze } from './freezePreview.ts';
import { joinTraining } from './joinTraining.ts';
import { estimateOpinion, opinion as askForOpinions } from './opinion.ts';
import { serveTeacher } from './programmaticTeacher.ts';
import { recordStudent } from './recordStudent.ts';
import * as steps from './steps.ts';
import { checkStudent, testStudent } from './student.ts';
import { testTeacher } from './testTeacher.ts';

// Commands of the terminal that are several: an option says which one is meant.

/** `tailor teach [PURPOSE]`, and with --estimate what it will take. */
export function teach(
  context: CommandContext,
  purpose: TeachingPurpose | undefined,
  options: steps.RoundOption & { readonly estimate?: boolean },
): Promise<CommandResult> {
  return (options.estimate === true ? estimate : steps.teach)(context, purpose, options);
}

/** `tailor opinion`, and with --estimate what it will take. */
export function opinion(
  context: CommandContext,
  options: steps.RoundOption & { readonly estimate?: boolean },
): Promise<CommandResult> {
  return (options.estimate === true ? estimateOpinion : askForOpinions)(context, options);
}

/** `tailor freeze`, and with --preview what would be trained on. */
export function freeze(
  context: CommandContext,
  options: steps.RoundOption & { readonly preview?: boolean },
): Promise<CommandResult> {
  return (options.preview === true ? previewFreeze : steps.freeze)(context, options);
}

/** `tailor train`, with --dry-run an estimate of it, with --join a part in the training of another computer. */
export function train(
  context: CommandContext,
  {
    join,
    ...options
  }: steps.RoundOption & {
    readonly fresh?: boolean;
    readonly dryRun?: boolean;
    readonly join?: number;
  },
): Promise<CommandResult> {
  if (join !== undefined) return joinTraining(context, { ...options, join });
  return (options.dryRun === true ? estimateTraining : steps.train)(context, options);
}

/** `tailor student [PROFILE]`: checks the student's server, with --test tries it, with --record makes what to check it by. */
export function student(
  context: CommandContext,
  profile: string | undefined,
  options: {
    readonly test?: boolean;
    readonly wait?: boolean;
    readonly record?: boolean;
    readonly force?: boolean;
  },
): Promise<CommandResult> {
  if (options.record === true) return recordStudent(context, options);
  return options.test === true
    ? testStudent(context, profile === undefined ? {} : { profile })
    : checkStudent(context, options);
}

/** `tailor teacher [PROFILE]`: with --test tries a teacher, with --programmatic serves the built-in one. */
export function teacher(
  context: CommandContext,
  profile: string | undefined,
  options: {
    readonly test?: boolean;
    readonly programmatic?: boolean;
    readonly faults?: string;
    readonly port?: number;
  },
  say: (text: string) => void,
): Promise<CommandResult> {
  return options.test === true
    ? testTeacher(context, profile === undefined ? {} : { profile })
    : serveTeacher(context, { ...options, programmatic: options.programmatic === true, say });
}
