import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { projectFileSchema } from '../../../src/core/project/projectFile.ts';
import { FIELD_HELP, projectJsonSchema } from '../../../src/core/project/projectSchemaJson.ts';
import { ROOT } from './repositoryFiles.ts';

const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

describe('the JSON Schema of tailor.json', () => {
  it('is the one that the code would write now (UPDATE_SCHEMA=1 writes it)', async () => {
    if (process.env['UPDATE_SCHEMA'] === '1') {
      const path = join(ROOT, 'media/tailor.schema.json');
      const style = await resolveConfig(path);
      const text = JSON.stringify(projectJsonSchema());
      writeFileSync(path, await format(text, { ...style, parser: 'json' }));
    }
    expect(read('media/tailor.schema.json')).toEqual(
      JSON.parse(JSON.stringify(projectJsonSchema())),
    );
  });

  it('is contributed for tailor.json', () => {
    const { contributes } = z
      .object({
        contributes: z.object({
          jsonValidation: z.array(z.object({ fileMatch: z.string(), url: z.string() })),
        }),
      })
      .parse(read('package.json'));
    expect(contributes.jsonValidation).toEqual([
      { fileMatch: 'tailor.json', url: './media/tailor.schema.json' },
    ]);
  });

  it('says what every field down to the second level is for, and nothing about fields that are not', () => {
    const named = Object.entries(projectFileSchema.shape).flatMap(([name, field]) => {
      // A group with defaults wraps its object.
      const inner = 'unwrap' in field ? field.unwrap() : field;
      const group =
        inner instanceof z.ZodObject &&
        /^(?:data|exam|teaching|gate|curation|training)$/u.test(name);
      return group ? [name, ...Object.keys(inner.shape).map((key) => `${name}.${key}`)] : [name];
    });
    expect(named.filter((path) => path !== '$schema').sort()).toEqual(
      Object.keys(FIELD_HELP).sort(),
    );
  });

  it('refuses what the code refuses: unknown keys, and paths that lead out of the project', () => {
    const schema = projectJsonSchema();
    expect(schema['additionalProperties']).toBe(false);
    expect(schema['required']).toEqual(expect.arrayContaining(['v', 'name', 'data', 'student']));
    expect(schema['required']).not.toContain('rounds');
  });
});
