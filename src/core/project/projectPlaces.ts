import { outlineJson, textOfSpan, type JsonNode } from '../json/outline.ts';

/** A value of tailor.json whose meaning lies outside the file: a set's file, the prompt head, the student, its server, the teacher. */
export interface NamedValue {
  /** What it is: for a data file the name of its set in `set`. */
  readonly kind: 'data' | 'head' | 'student' | 'teacher' | 'server';
  readonly set: string | null;
  /** The text; null where it is none, or not written yet. */
  readonly value: string | null;
  /** With its quotes; where nothing is written yet, the place behind the colon. */
  readonly from: number;
  readonly to: number;
}

/** A name under `data.extra`, as the file spells it. */
export interface SetName {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface ProjectPlaces {
  readonly values: readonly NamedValue[];
  readonly setNames: readonly SetName[];
}

/** Where in the text of a tailor.json these values stand, also while somebody is typing. */
export function placesIn(text: string): ProjectPlaces {
  const { root } = outlineJson(text);
  const values: NamedValue[] = [];
  const setNames: SetName[] = [];
  for (const { name, value, nameTo } of root?.members ?? []) {
    if (name === 'student' || name === 'teacher') {
      values.push({ kind: name, set: null, ...written(text, value, nameTo) });
    }
    if (name === 'servedBy') {
      values.push({ kind: 'server', set: null, ...written(text, value, nameTo) });
    }
    if (name === 'exam') {
      for (const one of value?.members ?? []) {
        if (one.name !== 'head') continue;
        values.push({ kind: 'head', set: null, ...written(text, one.value, one.nameTo) });
      }
    }
    if (name !== 'data') continue;
    for (const one of value?.members ?? []) {
      if (one.name !== 'extra') {
        values.push({ kind: 'data', set: one.name, ...written(text, one.value, one.nameTo) });
        continue;
      }
      for (const extra of one.value?.members ?? []) {
        setNames.push({ name: extra.name, from: extra.nameFrom, to: extra.nameTo });
        const at = written(text, extra.value, extra.nameTo);
        values.push({ kind: 'data', set: extra.name, ...at });
      }
    }
  }
  return { values, setNames };
}

function written(
  text: string,
  value: JsonNode | null,
  nameTo: number,
): Pick<NamedValue, 'value' | 'from' | 'to'> {
  if (value === null) {
    const [gap = ''] = /^[ \t\r\n]*:?[ \t]*/u.exec(text.slice(nameTo)) ?? [];
    return { value: null, from: nameTo + gap.length, to: nameTo + gap.length };
  }
  const { kind, from, to } = value;
  return { value: kind === 'text' ? textOfSpan(text.slice(from, to)) : null, from, to };
}

/** The value that is being written at a place, quotes included; null where none of these is. */
export function valueAt(places: ProjectPlaces, offset: number): NamedValue | null {
  return places.values.find(({ from, to }) => from <= offset && offset <= to) ?? null;
}
