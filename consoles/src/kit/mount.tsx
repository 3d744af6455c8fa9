import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadLanguage, preferredLanguage, type Words } from './i18n';
import { Provider } from './Provider';
import { applyFirstLook } from './theme';

/** Language and look are there before the first paint. The console brings Mantine's styles. */
export async function mount(words: Words, page: ReactNode): Promise<void> {
  const language = preferredLanguage();
  const [first] = await Promise.all([loadLanguage(words, language), applyFirstLook()]);
  document.documentElement.lang = language;
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no root');
  createRoot(root).render(<Provider first={first}>{page}</Provider>);
}
