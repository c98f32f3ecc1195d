// Draws a layer the way the server does, so that what one sees is what the family will.
import { side, type Item } from "./layer.ts";

const space = "http://www.w3.org/2000/svg";

export function s(tag: string, attributes: Record<string, string>, text?: string): SVGElement {
  const element = document.createElementNS(space, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

const share = (at: number) => `${at / (side / 100)}%`;

export function draw(ink: SVGElement, items: readonly Item[]): void {
  const strokes = s("svg", { viewBox: `0 0 ${side} ${side}`, preserveAspectRatio: "none", width: "100%", height: "100%" });
  const over: SVGElement[] = [];
  let number = 0;
  for (const item of items) {
    if (item.kind === "pen") strokes.append(s("polyline", { class: `ink-pen ink-${item.colour}`, points: item.points.join(" ") }));
    else if (item.kind === "text") over.push(s("text", { class: `ink-words ink-${item.colour}`, x: share(item.x), y: share(item.y) }, item.text));
    else {
      over.push(s("circle", { class: `ink-pin ink-${item.colour}`, cx: share(item.x), cy: share(item.y), r: "12" }));
      over.push(s("text", { class: "ink-number", x: share(item.x), y: share(item.y) }, String(++number)));
    }
  }
  ink.replaceChildren(strokes, ...over);
}
