import { render } from 'preact';
import { connect } from '../../src/shared/connect.ts';
import { datasetContract } from '../../src/shared/datasetContract.ts';
import { openHost } from '../kit/host.ts';
import { installKeys } from '../kit/keys.ts';
import { isMac } from '../kit/platform.ts';
import { registerControls } from '../kit/toolkit.ts';
import '../kit/theme.css';
import '../kit/listPage.css';
import { ROW_KEYS, type Action } from './actions.ts';
import { ControlProvider } from './app.tsx';
import { BINDINGS } from './bindings.ts';
import { Control } from './control.ts';
import { DatasetPage } from './datasetPage.tsx';
import { keptOf, readKept } from './kept.ts';
import { pageOf } from './page.ts';
import { createStore } from './store.ts';
import './dataset.css';

const KEEP_MS = 200;

registerControls();
const host = openHost();
const kept = readKept(host.kept());
const store = createStore(document.documentElement.lang);
const client = connect(datasetContract, host.port, { firstId: Date.now() });
const page = pageOf(document);
const control = new Control(client, store, page, () => performance.now());

let scroll = kept.scroll;
let keeping: ReturnType<typeof setTimeout> | undefined;
const keep = (): void => {
  const state = store.state.peek();
  if (state.link === 'ready') host.keep(keptOf(state, scroll, page.editing()));
};
/** While the page is hidden nothing else survives; soon after each change, however fast they follow each other. */
const keepSoon = (): void => {
  keeping ??= setTimeout(() => {
    keeping = undefined;
    keep();
  }, KEEP_MS);
};

const root = document.getElementById('root');
if (root) {
  render(
    <ControlProvider value={control}>
      <DatasetPage
        initialScroll={kept.scroll}
        onScroll={(offset) => {
          scroll = offset;
          keepSoon();
        }}
        onAgain={() => void control.start(keptOf(store.state.peek(), scroll, null))}
      />
    </ControlProvider>,
    root,
  );
}

/** Where the arrow keys scroll instead of moving the cursor. */
const scrolls = (chord: string): boolean =>
  /^(?:arrow|page|home|end)/u.test(chord) &&
  document.activeElement?.getAttribute('data-region') === 'form';

/** Rows are not acted on by a key that is pressed on something in the record. */
const isForRows = (action: Action): boolean =>
  ROW_KEYS.has(action) && document.activeElement?.closest('[data-region="form"]') !== null;

installKeys<Action>({
  bindings: BINDINGS,
  mac: isMac,
  singleKeys: () => store.state.peek().doc?.singleKeys ?? true,
  run: (action, chord) => !scrolls(chord) && !isForRows(action) && control.press(action),
});

store.state.subscribe(keepSoon);
window.addEventListener('pagehide', keep);
void control.start(kept).then(() => {
  if (document.activeElement === document.body) page.focusList();
});
