import { AppError } from '../errors.ts';
import { sentence } from '../sentence.ts';

/** A teacher that may cost something, or that is not on this computer: what a person says yes to. */
export interface AgreedTeacher {
  readonly profile: string;
  readonly origin: string;
  readonly model: string;
}

/** What a person agreed to before work that may ask a teacher. */
export interface Agreement {
  /** Null when the work was to ask none of these. */
  readonly teacher: AgreedTeacher | null;
  /** What a round may cost at most: the project's limits when the person was asked. */
  readonly maxRequests: number;
  readonly maxTotalTokens: number;
  /** Money, where the project limits it. */
  readonly maxCost?: number | undefined;
}

type Budget = Pick<Agreement, 'maxRequests' | 'maxTotalTokens' | 'maxCost'>;

/**
 * The limits under which a teacher may be asked; refuses one that nobody agreed to. Files may change between the yes
 * and the call, and the loop goes by the files. Without an agreement the project's limits are all there is: whoever
 * typed the command has agreed.
 */
export function agreedBudget(
  agreement: Agreement | undefined,
  teacher: AgreedTeacher,
  budget: Budget,
): Budget {
  if (agreement === undefined) return budget;
  const { teacher: agreed } = agreement;
  const isAgreed =
    agreed?.profile === teacher.profile &&
    agreed.origin === teacher.origin &&
    agreed.model === teacher.model;
  if (!isAgreed) {
    throw new AppError(
      'teacher.notAgreed',
      sentence`Nobody agreed that ${teacher.profile} (${teacher.model} at ${teacher.origin}) is asked now.`,
      {
        hint: sentence`Something changed after this was begun. Begin it again: then you see what will be asked.`,
        detail: { ...teacher },
      },
    );
  }
  const maxCost = Math.min(budget.maxCost ?? Infinity, agreement.maxCost ?? Infinity);
  return {
    maxRequests: Math.min(budget.maxRequests, agreement.maxRequests),
    maxTotalTokens: Math.min(budget.maxTotalTokens, agreement.maxTotalTokens),
    ...(maxCost === Infinity ? {} : { maxCost }),
  };
}
