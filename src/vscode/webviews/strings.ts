import * as vscode from 'vscode';
import { CURATION_STRINGS } from '../../shared/curationStrings.ts';
import { DASHBOARD_STRINGS } from '../../shared/dashboardStrings.ts';
import { DATASET_STRINGS, type DatasetText } from '../../shared/datasetStrings.ts';
import { REVIEW_HOST_STRINGS } from '../../shared/reviewHostStrings.ts';
import { reviewStrings as viewStrings } from '../../shared/reviewStrings.ts';
import { TRAINING_STRINGS, type TrainingText } from '../../shared/trainingStrings.ts';

/** The texts of a table in the person's language; the English ones are the keys of the translations. */
export function translated(
  table: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(table).map(([key, english]) => [key, vscode.l10n.t(english)]),
  );
}

let training: Readonly<Record<TrainingText, string>> | null = null;

/** What the Training view says. */
export function trainingStrings(): Readonly<Record<TrainingText, string>> {
  // SAFETY: a table keeps its keys when its texts are translated.
  training ??= translated(TRAINING_STRINGS) as Readonly<Record<TrainingText, string>>;
  return training;
}

let dashboard: Readonly<Record<string, string>> | null = null;

/** What the Round Dashboard says. */
export function dashboardStrings(): Readonly<Record<string, string>> {
  dashboard ??= translated(DASHBOARD_STRINGS);
  return dashboard;
}

let dataset: Readonly<Record<DatasetText, string>> | null = null;

/** What the Dataset Editor says. */
export function datasetStrings(): Readonly<Record<DatasetText, string>> {
  // SAFETY: a table keeps its keys when its texts are translated.
  dataset ??= translated(DATASET_STRINGS) as Readonly<Record<DatasetText, string>>;
  return dataset;
}

let review: Readonly<Record<string, string>> | null = null;

/** What the Review views and their service say. */
export function reviewStrings(): Readonly<Record<string, string>> {
  review ??= translated({ ...viewStrings, ...REVIEW_HOST_STRINGS, ...CURATION_STRINGS });
  return review;
}
