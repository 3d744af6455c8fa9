// The phone has to be there quickly: it loads no words of forms and lists that it doesn't have.
import { kit } from './kit';
import { phone } from './phone';
import { problems } from './problems';

export const words = { ...kit, ...problems, ...phone };
