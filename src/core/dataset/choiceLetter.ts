const FIRST = 97;

/** The letter of a choice by its place from 0: "a" is the first. */
export const letterAt = (place: number): string => String.fromCharCode(FIRST + place);

/** The place from 0 of a choice by its letter, small or capital. */
export const placeOf = (letter: string): number => letter.toLowerCase().charCodeAt(0) - FIRST;

/** The bare letter of a gold as its source spells it: "(B)." is "b". */
export const bareLetter = (gold: string): string => gold.toLowerCase().replace(/[^a-z]/gu, '');
