/** Review in an editor of its own. */
export const REVIEW_PANEL = 'tailor.reviewPanel';
/** Training in an editor. */
export const TRAINING_PANEL = 'tailor.trainingPanel';
/** Items of Review as documents. */
export const RECORD_SCHEME = 'tailor-record';
