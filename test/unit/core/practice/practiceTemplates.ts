import { readFileSync } from 'node:fs';
import { parseTemplates } from '../../../../src/core/practice/templates.ts';

export const TEMPLATES_TEXT = readFileSync(
  new URL('../../../../media/practice/templates.json', import.meta.url),
  'utf8',
);

/** The templates that ship. */
export const TEMPLATES = parseTemplates(TEMPLATES_TEXT);
