import '../styles/console.css';
import { startConsole } from '../kit/start';
import { router } from './router';

await startConsole({ en: () => import('../locales/en/words-console'), 'pt-BR': () => import('../locales/pt-BR/words-console') }, router);
