import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { loadLanguage, preferredLanguage } from '../kit/i18n';
import { Provider } from '../kit/Provider';
import { applyFirstLook } from '../kit/theme';
import { router } from './router';

const language = preferredLanguage();
const [words] = await Promise.all([loadLanguage(language), applyFirstLook()]);
document.documentElement.lang = language;

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
createRoot(root).render(
  <Provider first={{ language, words }}>
    <RouterProvider router={router} />
  </Provider>,
);
