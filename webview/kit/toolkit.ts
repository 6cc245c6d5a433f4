import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeTextArea,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/**
 * Registers the controls in use. Call it from the page's own script, never from one that is loaded later: the toolkit
 * takes the theme's colours when the window loads and would keep its built-in ones for ever.
 *
 * Badge and progress ring are not among them: both carry a `style` attribute, which the page's policy refuses. Nor is
 * the drop-down: its list is cut off at the edge of a narrow side bar, and it weighs as much as all the others.
 */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeTextArea(),
    vsCodeTextField(),
  );
}
