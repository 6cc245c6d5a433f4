import { DATASET } from '../webview/datasetLook.ts';
import { wholeMatrix } from '../webview/matrix.ts';

wholeMatrix(DATASET, {
  title: 'Dataset Editor',
  pictures: 'dataset/',
  sizes: [
    { width: 300, height: 800 },
    { width: 640, height: 760 },
    { width: 1200, height: 760 },
  ],
});
