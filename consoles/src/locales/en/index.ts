// What every console says; a console's own words are in a file of its name, loaded by it alone.
import { fields } from './fields';
import { help } from './help';
import { kit } from './kit';
import { problems } from './problems';
import { session } from './session';

export const shared = { ...kit, ...problems, ...session, ...fields, ...help };
