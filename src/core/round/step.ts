/** The steps of a round in their order. */
export const STEPS = ['exam', 'teach', 'curate', 'freeze', 'train'] as const;
export type Step = (typeof STEPS)[number];
