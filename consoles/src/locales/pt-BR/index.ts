import type { Dictionary } from '../en';
import { fields } from './fields';
import { help } from './help';
import { kit } from './kit';
import { nouns } from './nouns';
import { problems } from './problems';
import { session } from './session';

export const ptBR: Dictionary = { ...kit, ...problems, ...session, ...nouns, ...fields, ...help };
