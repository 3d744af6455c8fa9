import { fields } from './fields';
import { help } from './help';
import { kit } from './kit';
import { nouns } from './nouns';
import { problems } from './problems';
import { session } from './session';

export const en = { ...kit, ...problems, ...session, ...nouns, ...fields, ...help };

export type Key = keyof typeof en;
export type Dictionary = Readonly<Record<Key, string>>;
