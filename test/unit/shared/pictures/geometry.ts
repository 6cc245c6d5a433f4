import { textWidth, type SvgElement, type SvgTag } from '../../../../src/shared/pictures/svg.ts';

/** All pieces of one kind, in the order they are drawn. */
export function all(svg: SvgElement, tag: SvgTag): SvgElement[] {
  return [...(svg.tag === tag ? [svg] : []), ...svg.children.flatMap((child) => all(child, tag))];
}

/** The corners of a path of straight lines. */
export function pointsOf({ attributes }: SvgElement): { x: number; y: number }[] {
  const d = String(attributes['d']);
  return [...d.matchAll(/(-?[\d.]+)[ ,](-?[\d.]+)/gu)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));
}

export function textSizes(svg: SvgElement, inherited = 0): number[] {
  const own = Number(svg.attributes['font-size'] ?? inherited);
  return [
    ...(svg.tag === 'text' ? [own] : []),
    ...svg.children.flatMap((child) => textSizes(child, own)),
  ];
}

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** Texts that lie over each other or leave the picture. Widths are estimated, on the narrow side. */
export function overlapping(svg: SvgElement): string[] {
  const boxes = all(svg, 'text').map(({ attributes, text = '' }): Box => {
    const [x, y] = [Number(attributes['x']), Number(attributes['y'])];
    const width = textWidth(text) * 0.85;
    const anchor = attributes['text-anchor'] ?? 'start';
    const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
    return { text, left, right: left + width, y };
  });
  const width = Number(svg.attributes['width']);
  const height = Number(svg.attributes['height']);
  const outside = boxes.filter(
    ({ left, right, y }) => left < -1 || right > width + 1 || y < 8 || y > height,
  );
  const over = boxes.flatMap((a, at) =>
    boxes
      .slice(at + 1)
      .filter((b) => a.left < b.right && b.left < a.right && Math.abs(a.y - b.y) < 10)
      .map((b) => `${a.text} | ${b.text}`),
  );
  return [...outside.map(({ text }) => `outside: ${text}`), ...over];
}
