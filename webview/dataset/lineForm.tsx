import type { JSX } from 'preact';
import { Button } from '../kit/button.tsx';
import { TextField } from '../kit/field.tsx';
import { FormProblem } from '../kit/formProblem.tsx';
import { useControl, usePart, useWords } from './app.tsx';
import type { Control } from './control.ts';
import { goToLine, moveToLine } from './rowActs.ts';

/** Where to go, or where to move what is chosen: a line of the document. */
export function LineForm(): JSX.Element | null {
  const overlay = usePart((state) => state.overlay);
  const problem = usePart((state) => state.overlayProblem);
  const count = usePart(({ marked }) => Math.max(1, marked.size));
  const rows = usePart(({ doc }) => doc?.rows ?? 0);
  const words = useWords();
  const control = useControl();
  if (overlay.kind !== 'move' && overlay.kind !== 'line') return null;
  const moves = overlay.kind === 'move';
  return (
    <form
      class="line-form"
      key={overlay.kind}
      onSubmit={(event) => {
        event.preventDefault();
        send(control);
      }}
    >
      <TextField
        autofocus
        label={moves ? words.count('moveTo.label', count) : words('line.label')}
        placeholder={moves ? words('moveTo.hint') : words('line.hint', rows)}
        value={overlay.line}
        onValue={(line) =>
          control.store.dispatch({ type: 'overlay', overlay: { ...overlay, line } })
        }
      />
      <FormProblem text={problem} />
      <p class="form-tools">
        <Button kind="primary" keyCap="Enter" onPress={() => send(control)}>
          {words(moves ? 'moveTo.do' : 'line.do')}
        </Button>
        <Button keyCap="Esc" onPress={() => control.act('escape')}>
          {words('cancel')}
        </Button>
      </p>
    </form>
  );
}

function send(control: Control): void {
  const { overlay } = control.state;
  if (overlay.kind !== 'move' && overlay.kind !== 'line') return;
  // Group marks and spaces are no part of a number.
  const typed = overlay.line.replace(/[\s.,’']/gu, '');
  const toEnd = overlay.kind === 'move' && typed === '';
  const line = toEnd ? (control.state.doc?.rows ?? 0) + 1 : Number(typed);
  if ((typed === '' && !toEnd) || !Number.isSafeInteger(line) || line < 1) {
    control.store.dispatch({ type: 'overlay', overlay, problem: control.words('need.line') });
    return;
  }
  control.store.dispatch({ type: 'overlay', overlay: { kind: 'none' } });
  control.page.focusList();
  if (overlay.kind === 'move') moveToLine(control, line);
  else goToLine(control, line);
}
