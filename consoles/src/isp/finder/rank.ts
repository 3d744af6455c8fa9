/** What can be gone to: a page, a record or something to do. */
export interface Target {
  id: string;
  label: string;
  /** What it is, in a word. */
  kind: string;
  to: string;
  search?: Record<string, string>;
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Those whose words begin with all that was typed, in any order, the label's own beginning first. Accents don't count. */
export function rank(targets: readonly Target[], typed: string): Target[] {
  const wanted = plain(typed).split(/\s+/).filter(Boolean);
  const whole = wanted.join(' ');
  return targets
    .map((target, place) => ({ target, place, label: plain(target.label), words: plain(`${target.label} ${target.kind}`).split(/[\s.,@-]+/) }))
    .filter(({ words }) => wanted.every((one) => words.some((word) => word.startsWith(one))))
    .sort((one, other) => Number(other.label.startsWith(whole)) - Number(one.label.startsWith(whole)) || one.place - other.place)
    .map(({ target }) => target);
}
