// Types alone: every text there is, whichever console has it.
import type { shared } from './en';
import type { console } from './en/console';
import type { isp } from './en/isp';
import type { phone } from './en/phone';

export type Key = keyof typeof shared | keyof typeof isp | keyof typeof console | keyof typeof phone;
export type Dictionary = Readonly<Record<string, string>>;
