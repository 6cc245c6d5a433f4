import { REVIEW } from '../webview/reviewLook.ts';
import { wholeMatrix } from '../webview/matrix.ts';

wholeMatrix(REVIEW, {
  title: 'Review',
  pictures: '',
  sizes: [
    { width: 300, height: 800 },
    { width: 640, height: 760 },
    { width: 1200, height: 760 },
  ],
});
