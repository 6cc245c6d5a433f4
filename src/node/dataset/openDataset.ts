import type { Dataset, OpenDatasetOptions } from './dataset.ts';
import { FileDataset } from './fileDataset.ts';

/** Opens a data file; resolves with its first rows, and reads on behind. */
export function openDataset(options: OpenDatasetOptions): Promise<Dataset> {
  return FileDataset.open(options);
}
