/** What takes the focus on a page of ours; for finding the first such thing in a region. */
export const FOCUSABLE =
  'button:not([disabled]), [tabindex="0"], vscode-button:not([disabled]), vscode-text-field, select';
