import { createElement, type JSX } from 'preact';
import type { SvgElement } from '../../src/shared/pictures/svg.ts';

/** A picture in the page. What it shows is said by what stands around it. */
export function Drawn({ svg }: { readonly svg: SvgElement }): JSX.Element {
  return createElement(
    svg.tag,
    { ...svg.attributes, class: 'plot', 'aria-hidden': true, focusable: 'false' },
    svg.children.map(piece),
  );
}

function piece({ tag, attributes, children, text }: SvgElement, index: number): JSX.Element {
  return createElement(tag, { ...attributes, key: index }, text ?? children.map(piece));
}
