import type { shared as english } from '../en';
import { fields } from './fields';
import { help } from './help';
import { kit } from './kit';
import { problems } from './problems';
import { session } from './session';

export const shared: Record<keyof typeof english, string> = { ...kit, ...problems, ...session, ...fields, ...help };
