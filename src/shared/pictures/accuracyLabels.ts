import type { DashboardWords } from '../dashboardWords.ts';
import type { AccuracySet, Along, DrawnSet } from './accuracySet.ts';
import type { Place } from './axes.ts';
import type { Ink } from './ink.ts';
import { mark } from './marks.ts';
import { spread } from './spread.ts';
import { fitted, textWidth, words as label, type SvgElement } from './svg.ts';

const LINE = 15;
/** From the picture's edge to a name: room for its mark. */
export const BESIDE = 22;

/** The share above each whisker but the last, which has its own label, where there is room. */
export function valueLabels(
  sets: readonly DrawnSet[],
  x: Along,
  y: Along,
  { ink, words, top }: { readonly ink: Ink; readonly words: DashboardWords; readonly top: number },
): SvgElement[] {
  const [only, ...others] = sets;
  if (!only || others.length > 0) return [];
  const texts = only.points.map(({ accuracy }) => words.percent(accuracy.rate));
  const room = textWidth('00.0 %') + 6;
  let free = -Infinity;
  return only.points.slice(0, -1).flatMap(({ round, accuracy }, at) => {
    const text = texts[at] ?? '';
    if (x(round) - room / 2 < free) return [];
    free = x(round) + room / 2;
    const above = y(accuracy.high) - 6;
    const under = above < top ? y(accuracy.low) + 14 : above;
    return [label(text, { x: x(round), y: under, 'text-anchor': 'middle', fill: ink.text })];
  });
}

/** A test set is called one, whatever its name. */
export function nameOf(
  { name, role }: Pick<AccuracySet, 'name' | 'role'>,
  words: DashboardWords,
): string {
  return role === 'test' && name !== 'test' ? words('picture.test', name) : name;
}

/** The name and the newest share; where there is little room, the name is cut and not the number. */
export function endText(set: AccuracySet, words: DashboardWords, room = Infinity): string {
  const last = set.points.at(-1);
  const share = last ? ` ${words.percent(last.accuracy.rate)}` : '';
  return fitted(nameOf(set, words), room - textWidth(share)) + share;
}

interface LabelParts {
  readonly ink: Ink;
  readonly words: DashboardWords;
}

/** Name and newest share of each set, right of the picture at the height of its last point, none over another. */
export function endLabels(
  sets: readonly DrawnSet[],
  y: Along,
  { ink, words, place }: LabelParts & { readonly place: Place },
): SvgElement[] {
  const wanted = sets.map(({ points }) => y(points.at(-1)?.accuracy.rate ?? 0));
  const places = spread(wanted, LINE, [place.top, place.bottom]);
  return sets.flatMap((set, at) =>
    named(set, place.right + 10, places[at] ?? 0, { ink, words, room: Infinity }),
  );
}

/** The names with their newest shares in as many rows above the picture as they need. */
export function keyAbove(
  sets: readonly DrawnSet[],
  { ink, words, width }: LabelParts & { readonly width: number },
): { readonly height: number; readonly shapes: SvgElement[] } {
  let [row, at] = [0, 0];
  const shapes = sets.flatMap((set) => {
    const room = width - 16;
    const wide = 16 + Math.min(room, textWidth(endText(set, words))) + 12;
    if (at > 0 && at + wide > width) [row, at] = [row + 1, 0];
    const drawn = named(set, at + 6, 8 + row * 17, { ink, words, room });
    at += wide;
    return drawn;
  });
  return { height: (row + 1) * 17, shapes };
}

/** A set's mark, and its name and share beside it. */
function named(
  set: DrawnSet,
  x: number,
  middle: number,
  { ink, words, room }: LabelParts & { readonly room: number },
): SvgElement[] {
  return [
    mark(set.look, x, middle, { stroke: set.stroke.stroke, page: ink.page }),
    label(endText(set, words, room), { x: x + 10, y: middle + 4, fill: ink.text }),
  ];
}
