import { render } from 'preact';
import { connect } from '../../src/shared/connect.ts';
import { dashboardContract } from '../../src/shared/dashboardContract.ts';
import { openHost } from '../kit/host.ts';
import { registerControls } from '../kit/toolkit.ts';
import '../kit/theme.css';
import '../kit/figure.css';
import '../kit/runPage.css';
import { readBoardLook } from './look.ts';
import { DashboardPage } from './page.tsx';
import { DashboardStore } from './store.ts';
import './dashboard.css';

registerControls();
const host = openHost();
const client = connect(dashboardContract, host.port, { firstId: Date.now() });
const look = readBoardLook(host.kept());
const store = new DashboardStore(client, document.documentElement.lang, look);
store.look.subscribe((now) => host.keep(now));

const root = document.getElementById('root');
if (root) render(<DashboardPage store={store} />, root);
void store.start();
