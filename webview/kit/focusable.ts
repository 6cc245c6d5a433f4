/** What takes the focus on a page of ours; for finding the first such thing in a region. */
export const FOCUSABLE =
  'button:not([disabled]), [tabindex="0"], vscode-button:not([disabled]), vscode-text-field, select';

/** What a form is filled in by, first to last. */
export const FIELDS = 'vscode-text-area, vscode-text-field, select, vscode-checkbox';
