import { describe, expect, it } from 'vitest';
import { Chunks } from '../../../../webview/kit/chunks.ts';

describe('Chunks', () => {
  /** Chunks of ten rows; what was loaded is there from then on. */
  function rig() {
    const loaded: string[] = [];
    const there = new Set<number>();
    const waiting: { readonly answer: () => void; readonly fail: () => void }[] = [];
    const chunks = new Chunks(10, async (from, to) => {
      loaded.push(`${from}–${to}`);
      await new Promise<void>((answer, fail) => {
        waiting.push({ answer, fail: () => fail(new Error('gone')) });
      });
      for (let place = from; place < to; place += 1) there.add(place);
    });
    const need = (from: number, to: number) => chunks.need(from, to, (place) => there.has(place));
    const answer = () => waiting.splice(0).forEach((one) => one.answer());
    const fail = () => waiting.splice(0).forEach((one) => one.fail());
    return { chunks, loaded, need, answer, fail };
  }

  it('loads what is missing in whole chunks, none of them twice', async () => {
    const { loaded, need, answer } = rig();
    const both = Promise.all([need(-3, 12), need(8, 31)]);
    expect(loaded).toEqual(['0–10', '10–20', '20–30', '30–40']);
    answer();
    await both;
    await need(0, 40);
    await need(5, 5);
    expect(loaded).toHaveLength(4);
  });

  it('asks again for what did not come, or what was forgotten on its way', async () => {
    const { chunks, loaded, need, answer, fail } = rig();
    const failing = need(0, 10);
    fail();
    await expect(failing).rejects.toThrow('gone');
    const first = need(0, 10);
    chunks.forget();
    const second = need(0, 10);
    expect(loaded).toEqual(['0–10', '0–10', '0–10']);
    answer();
    await Promise.all([first, second]);
  });
});
