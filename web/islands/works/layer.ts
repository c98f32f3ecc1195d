// What is drawn over a page, apart from the page: places are ten-thousandths of its width and height.
export const side = 10_000, mostItems = 500, mostPoints = 2_000, mostPinText = 500, mostWords = 80;

export type Item =
  | { kind: "pen"; colour: number; points: number[] }
  | { kind: "text" | "pin"; colour: number; x: number; y: number; text: string };

export interface LayerData { items: Item[] }

/** A place of the page as whole numbers within it. */
export const place = (share: number) => Math.max(0, Math.min(side, Math.round(share * side)));

/** Leaves out points that say nothing: nearer to the last kept one than a line is thick. */
export function thin(points: readonly number[], least = 12): number[] {
  const kept: number[] = [];
  for (let i = 0; i + 1 < points.length; i += 2) {
    const x = points[i]!, y = points[i + 1]!, n = kept.length;
    const isLast = i + 3 >= points.length;
    if (n === 0 || isLast || Math.hypot(x - kept[n - 2]!, y - kept[n - 1]!) >= least) kept.push(x, y);
  }
  return kept.length > mostPoints * 2 ? thin(kept, least * 2) : kept;
}

/** The topmost item near a place, or -1. `reach` is in the page's units; `ratio` is height by width, so that near is a circle on the screen. */
export function hit(items: readonly Item[], x: number, y: number, reach: number, ratio: number): number {
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!;
    if (item.kind === "pen" ? nearLine(item.points, x, y, ratio) <= reach : Math.hypot(item.x - x, (item.y - y) * ratio) <= reach * 2) return i;
  }
  return -1;
}

function nearLine(points: readonly number[], x: number, y: number, ratio: number): number {
  let least = Infinity;
  for (let i = 0; i < points.length; i += 2) {
    const ax = points[i]!, ay = points[i + 1]! * ratio, bx = points[i + 2] ?? ax, by = (points[i + 3] ?? points[i + 1]!) * ratio;
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y * ratio - ay) * (by - ay)) / length));
    least = Math.min(least, Math.hypot(ax + t * (bx - ax) - x, ay + t * (by - ay) - y * ratio));
  }
  return least;
}
