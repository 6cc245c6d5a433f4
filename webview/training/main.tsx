import { render } from 'preact';
import { connect } from '../../src/shared/connect.ts';
import { trainingContract } from '../../src/shared/trainingContract.ts';
import { openHost } from '../kit/host.ts';
import { registerControls } from '../kit/toolkit.ts';
import '../kit/theme.css';
import '../kit/figure.css';
import '../kit/runPage.css';
import { TrainingPage } from './page.tsx';
import { readLook, TrainingStore } from './store.ts';
import './training.css';

registerControls();
const host = openHost();
const client = connect(trainingContract, host.port, { firstId: Date.now() });
const store = new TrainingStore(client, document.documentElement.lang, readLook(host.kept()));
store.look.subscribe((look) => host.keep(look));

const root = document.getElementById('root');
if (root) render(<TrainingPage store={store} />, root);
void store.start();
