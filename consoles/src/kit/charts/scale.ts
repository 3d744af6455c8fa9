// Of the charts: pure, so that it can be tested without a page.

/** From 0 to a round number that isn't below the largest value, in at most `count` equal steps of 1, 2 or 5. */
export function makeTicks(largest: number, count = 4): number[] {
  if (!(largest > 0)) return [0, 1];
  const raw = largest / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw * (1 - 1e-9)) ?? raw;
  return Array.from({ length: Math.ceil(largest / step - 1e-9) + 1 }, (_, index) => round(step * index));
}

function round(value: number): number {
  return Number(value.toPrecision(12)); // 0.1 * 3 is 0.3
}

/** Which days are named below the axis: the first, the last and as many between as there is room for. */
export function labelled(count: number, width: number, room = 72): number[] {
  if (count === 0) return [];
  const every = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(width / room))));
  return Array.from({ length: count }, (_, index) => index).filter((index) => (count - 1 - index) % every === 0);
}

/** A line through the points that are there; a day without a value is a gap. */
export function linePath(points: readonly (readonly [number, number] | null)[]): string {
  let drawing = false;
  return points.map((point) => {
    const command = point ? `${drawing ? 'L' : 'M'}${point[0].toFixed(1)} ${point[1].toFixed(1)}` : '';
    drawing = point !== null;
    return command;
  }).join('');
}
