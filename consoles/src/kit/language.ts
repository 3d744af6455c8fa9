import { Store } from './store';

export const LANGUAGES = { en: 'English', 'pt-BR': 'Português (Brasil)' } as const;
export type Language = keyof typeof LANGUAGES;

/** The language of the page, which every request asks the API for. */
export const spoken = new Store<Language>('en');
