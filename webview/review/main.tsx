import { render } from 'preact';
import { connect } from '../../src/shared/connect.ts';
import { reviewContract } from '../../src/shared/reviewContract.ts';
import { openHost } from '../kit/host.ts';
import { installKeys, placeOf } from '../kit/keys.ts';
import { isMac } from '../kit/platform.ts';
import { registerControls } from '../kit/toolkit.ts';
import '../kit/theme.css';
import '../kit/listPage.css';
import type { Action } from './actions.ts';
import { ControlProvider } from './app.tsx';
import { BINDINGS } from './bindings.ts';
import { commandAction } from './commandAction.ts';
import { Control } from './control.ts';
import { followFocus } from './focus.ts';
import { keptOf, readKept } from './kept.ts';
import { pageOf } from './page.ts';
import { ReviewPage } from './reviewPage.tsx';
import { createStore } from './store.ts';
import './review.css';

const KEEP_MS = 200;

const host = openHost();
const kept = readKept(host.kept());
const view = document.body.dataset['place'] === 'panel' ? 'panel' : 'side';
const store = createStore(document.documentElement.lang);
const client = connect(reviewContract, host.port, { firstId: Date.now() });
const control = new Control(client, store, pageOf(document), {
  view,
  now: () => performance.now(),
});

// The host answers while the page is being built.
void control.start(kept);
registerControls();

let scroll = kept.scroll;
let keeping: ReturnType<typeof setTimeout> | undefined;
/** While the page is hidden nothing else survives; often enough, and not for each key. */
const keepSoon = (): void => {
  clearTimeout(keeping);
  keeping = setTimeout(() => {
    if (store.state.peek().link === 'ready') host.keep(keptOf(store.state.peek(), scroll));
  }, KEEP_MS);
};

const root = document.getElementById('root');
if (root) {
  render(
    <ControlProvider value={control}>
      <ReviewPage
        view={view}
        initialScroll={kept.scroll}
        onScroll={(offset) => {
          scroll = offset;
          keepSoon();
        }}
      />
    </ControlProvider>,
    root,
  );
}

/** Where the arrow keys scroll instead of moving the cursor. */
const scrolls = (chord: string): boolean =>
  /^(?:arrow|page|home|end)/u.test(chord) &&
  document.activeElement?.getAttribute('data-region') === 'detail';

installKeys<Action>({
  bindings: BINDINGS,
  mac: isMac,
  singleKeys: () => store.state.peek().snapshot?.singleKeys ?? true,
  run: (action, chord) => {
    if (store.state.peek().link !== 'ready' || scrolls(chord)) return false;
    return control.press(action);
  },
});

client.on('command', ({ name }) => {
  // A palette command is not typed into a text, but a decision is never made under an open form.
  const text = placeOf([document.activeElement ?? document.body]) === 'text';
  if (!text || store.state.peek().form === null) control.press(commandAction(name));
});
followFocus(client, store);
store.state.subscribe(keepSoon);
window.addEventListener('pagehide', () => {
  if (store.state.peek().link === 'ready') host.keep(keptOf(store.state.peek(), scroll));
});
