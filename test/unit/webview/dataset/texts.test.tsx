// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { LINES } from '../../../webview/datasetLines.ts';
import { settle, TEN } from './datasetRig.ts';
import { all, area, freshPage, leave, one, show, typeInto, words } from './pageRig.tsx';

freshPage();

describe('texts of data in the page', () => {
  describe('edge case: text shown as text, never HTML', () => {
    it('threat 6: shows texts of data as text', async () => {
      await show({ lines: LINES }, 'o2');
      expect(all('img, script, b')).toEqual([]);
      expect(area('field-1').value).toContain('<b>pens</b>');
      expect(one('#rows').textContent).toContain('<img src=x');
    });
  });

  it('edge case: bidi and control characters made visible: what hides in a text is named', async () => {
    await show({ lines: LINES }, 'o2');
    expect(words('.field-hidden p')[0]).toContain('U+202E, U+202C, U+200B, U+0007');
    expect(words('.field-hidden .hidden-character')).toEqual([
      'U+202E',
      'U+202C',
      'U+200B',
      'U+0007',
    ]);
    // What is edited is the text itself.
    expect(area('field-1').value).toContain('3\u202e nep\u202c');
  });

  it('edge case: paste of 1 MB: is written whole, shown by its beginning, and taken back', async () => {
    const { host } = await show();
    const pasted = 'paste "ü"\n'.repeat(104_858);
    await typeInto('field-1', pasted);
    expect(area('field-1').value).toHaveLength(pasted.length);
    await leave('field-1');
    expect(JSON.parse(host.texts[0] ?? '')).toMatchObject({ id: 'q-0', question: pasted });
    expect(words('#row-0 .row-word')).toEqual(['edited']);
    expect(words('.field-clipped .muted')).toEqual(['The first 20,000 of 1,048,580 characters.']);
    // No more of it than that is in the page.
    expect(document.body.textContent.length).toBeLessThan(60_000);
    host.undo();
    await settle();
    expect(host.texts[0]).toBe(TEN[0]);
  });
});
