/** Review in an editor of its own. */
export const REVIEW_PANEL = 'tailor.reviewPanel';
/** Training in an editor. */
export const TRAINING_PANEL = 'tailor.trainingPanel';
/** The Round Dashboard in an editor. */
export const DASHBOARD_PANEL = 'tailor.dashboardPanel';
/** Items of Review as documents. */
export const RECORD_SCHEME = 'tailor-record';
