import './styles';
import { mount } from '../kit/mount';
import { App } from './App';

await mount({ en: () => import('../locales/en/words-phone'), 'pt-BR': () => import('../locales/pt-BR/words-phone') }, <App />);
