import type { SvgElement } from '../../src/shared/pictures/svg.ts';

type Painter = CanvasRenderingContext2D;

/** What a piece inherits from those around it. */
interface Style {
  readonly fill: string;
  readonly stroke: string;
  readonly width: number;
  readonly dash: readonly number[];
  readonly font: string;
  readonly size: number;
  readonly weight: string;
}

const START: Style = {
  fill: 'none',
  stroke: 'none',
  width: 1,
  dash: [],
  font: 'sans-serif',
  size: 11,
  weight: 'normal',
};

/**
 * Draws a picture on a canvas, piece by piece. The page's policy lets no image load, not even one of its own making:
 * so the picture is never one.
 */
export function paint(svg: SvgElement, painter: Painter, scale: number): void {
  painter.setTransform(scale, 0, 0, scale, 0, 0);
  draw(svg, painter, START);
}

/** A picture as the base64 text of a PNG, `scale` pixels for each of its own. */
export function pngOf(svg: SvgElement, scale = 2): string {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(Number(svg.attributes['width'] ?? 0) * scale);
  canvas.height = Math.ceil(Number(svg.attributes['height'] ?? 0) * scale);
  const painter = canvas.getContext('2d');
  if (!painter) throw new Error('This browser draws no pictures.');
  paint(svg, painter, scale);
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/u, '');
}

function draw(piece: SvgElement, painter: Painter, around: Style): void {
  const style = styleOf(piece, around);
  painter.save();
  const moved = /^translate\((-?[\d.]+) (-?[\d.]+)\)$/u.exec(text(piece, 'transform'));
  if (moved) painter.translate(Number(moved[1]), Number(moved[2]));
  if (piece.tag === 'text') write(piece, painter, style);
  else {
    const path = pathOf(piece);
    if (path) stroke(path, painter, style);
  }
  for (const child of piece.children) draw(child, painter, style);
  painter.restore();
}

function styleOf({ attributes }: SvgElement, around: Style): Style {
  const of = (name: string, former: string): string => String(attributes[name] ?? former);
  const dash = attributes['stroke-dasharray'];
  return {
    fill: of('fill', around.fill),
    stroke: of('stroke', around.stroke),
    width: Number(of('stroke-width', String(around.width))),
    dash:
      dash === undefined
        ? around.dash
        : dash === 'none'
          ? []
          : String(dash).split(/[ ,]+/u).map(Number),
    font: of('font-family', around.font),
    size: Number(of('font-size', String(around.size))),
    weight: of('font-weight', around.weight),
  };
}

function pathOf(piece: SvgElement): Path2D | null {
  const at = (name: string): number => Number(piece.attributes[name] ?? 0);
  switch (piece.tag) {
    case 'path':
      return new Path2D(text(piece, 'd'));
    case 'rect': {
      const path = new Path2D();
      path.rect(at('x'), at('y'), at('width'), at('height'));
      return path;
    }
    case 'circle': {
      const path = new Path2D();
      path.arc(at('cx'), at('cy'), at('r'), 0, 2 * Math.PI);
      return path;
    }
    case 'line': {
      const path = new Path2D();
      path.moveTo(at('x1'), at('y1'));
      path.lineTo(at('x2'), at('y2'));
      return path;
    }
    case 'svg':
    case 'g':
    case 'text':
      return null;
  }
}

function stroke(path: Path2D, painter: Painter, style: Style): void {
  if (style.fill !== 'none') {
    painter.fillStyle = style.fill;
    painter.fill(path);
  }
  if (style.stroke === 'none') return;
  painter.strokeStyle = style.stroke;
  painter.lineWidth = style.width;
  painter.setLineDash([...style.dash]);
  painter.stroke(path);
}

const ALIGN = { start: 'left', middle: 'center', end: 'right' } as const;

function write(piece: SvgElement, painter: Painter, style: Style): void {
  const anchor = text(piece, 'text-anchor');
  painter.font = `${style.weight} ${style.size}px ${style.font}`;
  painter.textAlign = anchor === 'middle' || anchor === 'end' ? ALIGN[anchor] : ALIGN.start;
  painter.fillStyle = style.fill;
  const at = (name: string): number => Number(piece.attributes[name] ?? 0);
  painter.fillText(piece.text ?? '', at('x'), at('y'));
}

function text({ attributes }: SvgElement, name: string): string {
  return String(attributes[name] ?? '');
}
