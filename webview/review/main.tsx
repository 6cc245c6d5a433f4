import { render } from 'preact';
import './review.css';

const root = document.getElementById('root');
if (root) render(<main class="review" aria-busy="true" />, root);
