// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { PROBES, trainingOf } from '../../../webview/boardHost.ts';
import { showBoard, texts } from './boardRig.tsx';

it('lists the choices of a probe, the gold marked in words, and of a number none', async () => {
  const choices = [
    { letter: 'a', text: '<i>a pen</i>', gold: false },
    { letter: 'b', text: 'a blotter', gold: true },
  ];
  const [first, second] = PROBES;
  const probes = first && second ? [{ ...first, gold: '(b) a blotter', choices }, second] : [];
  await showBoard({ over: { training: trainingOf(), probes } });
  expect(texts('.probe-choices')).toHaveLength(1);
  expect(texts('.probe-choices li')).toEqual(['(a) <i>a pen</i>', '(b) a blotter gold']);
  expect(texts('.probe-question')[0]).toContain('gold (b) a blotter');
});

it('follows probe questions over the epochs, each sign said in words', async () => {
  await showBoard({ over: { training: trainingOf(), probes: PROBES } });
  expect(texts('#part-train .probes > p')[1]).toBe(
    'epoch 0: 0 of 2 right · epoch 1: 1 of 2 right · epoch 2: 2 of 2 right',
  );
  expect(texts('.probe-line .sign').slice(0, 3)).toEqual([
    'epoch 0: wrong✗',
    'epoch 1: right✓',
    'epoch 2: right✓',
  ]);
  expect(texts('.epoch-text')[0]).toContain('19 + 2 = 21.');
});
