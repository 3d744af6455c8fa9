import { startConsole } from '../kit/start';
import { router } from './router';

await startConsole({ en: () => import('../locales/en/words-isp'), 'pt-BR': () => import('../locales/pt-BR/words-isp') }, router);
