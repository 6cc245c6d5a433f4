import { DASHBOARD } from '../webview/boardLook.ts';
import { wholeMatrix } from '../webview/matrix.ts';

wholeMatrix(DASHBOARD, {
  title: 'Round Dashboard',
  pictures: 'dashboard-',
  sizes: [
    { width: 320, height: 900 },
    { width: 720, height: 900 },
    { width: 1300, height: 900 },
  ],
});
