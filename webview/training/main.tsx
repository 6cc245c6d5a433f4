import { render } from 'preact';
import './training.css';

const root = document.getElementById('root');
if (root) render(<main class="training" aria-busy="true" />, root);
