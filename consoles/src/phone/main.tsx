import './styles';
import { startConsole } from '../kit/mount';
import { router } from './router';

await startConsole({ en: () => import('../locales/en/words-phone'), 'pt-BR': () => import('../locales/pt-BR/words-phone') }, router);
