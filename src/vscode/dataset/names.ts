/** The Dataset Editor, as package.json names it. */
export const DATASET_EDITOR = 'tailor.dataset';
/** Fields of a row as documents of their own. */
export const FIELD_SCHEME = 'tailor-field';
/** What a document holds with its unsaved edits, for a comparison with the file. */
export const UNSAVED_SCHEME = 'tailor-unsaved';
