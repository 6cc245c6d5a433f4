import type { RateView } from '../dashboardContract.ts';
import type { MarkLook } from './marks.ts';

/** What a round's exam of a set came to. */
export interface AccuracyPoint {
  readonly round: number;
  readonly accuracy: RateView;
}

/** A set of questions and its exams, oldest round first. */
export interface AccuracySet {
  readonly name: string;
  readonly role: 'train' | 'dev' | 'extra' | 'test';
  readonly points: readonly AccuracyPoint[];
}

/** A set as it is drawn. */
export interface DrawnSet extends AccuracySet {
  readonly look: MarkLook;
  readonly stroke: { readonly stroke: string; readonly 'stroke-dasharray': string };
  /** Its place among the sets, 0 in their middle: whiskers of one round stand beside each other. */
  readonly place: number;
}

/** From a value to its place. */
export type Along = (value: number) => number;
