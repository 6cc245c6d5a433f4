import type { JSX } from 'preact';
import { Data } from './data.tsx';
import { Icon } from './icon.tsx';

/** Why a form was not taken, read out at once; null: nothing is wrong. */
export function FormProblem({ text }: { readonly text: string | null }): JSX.Element | null {
  if (text === null) return null;
  return (
    <p class="form-problem" role="alert">
      <Icon name="warning" /> <Data text={text} />
    </p>
  );
}
