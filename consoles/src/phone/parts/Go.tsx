import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { addressOf, go } from '../place';

/** A link to another page of this console; with a modifier key or another button it does what links do. */
export function Go({ to, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return <a href={addressOf(to)} onClick={follow} {...rest} />;
}
