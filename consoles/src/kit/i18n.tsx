import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Dictionary, Key } from '../locales/dictionary';
import { LANGUAGES, spoken, type Language } from './language';
import { connected } from './session';

export type Values = Readonly<Record<string, string | number>>;

const REMEMBERED = 'patchbay.language';
/** Of one console: its words in each language, loaded when they are needed. */
export type Words = Readonly<Record<Language, () => Promise<{ words: Dictionary }>>>;

export interface I18n {
  language: Language;
  setLanguage: (language: Language) => void;
  t: (key: Key, values?: Values) => string;
  /** The text of a key that was put together, or empty. */
  find: (key: string) => string;
  date: (instant: string) => string;
  money: (micros: number, currency: string) => string;
}

const Context = createContext<I18n | null>(null);

export function useI18n(): I18n {
  const found = useContext(Context);
  if (!found) throw new Error('outside of I18nProvider');
  return found;
}

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function preferredLanguage(): Language {
  const kept = localStorage.getItem(REMEMBERED);
  if (kept && kept in LANGUAGES) return kept as Language;
  return navigator.language.startsWith('pt') ? 'pt-BR' : 'en';
}

/** From then on the API is asked for it too. */
export async function loadLanguage(all: Words, language: Language): Promise<Loaded> {
  const { words } = await all[language]();
  spoken.set(language);
  return { all, language, words };
}

function makeI18n(language: Language, words: Dictionary, setLanguage: (language: Language) => void): I18n {
  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  return {
    language,
    setLanguage,
    t: (key, values = {}) => fill(words[key] ?? key, values),
    find: (key) => words[key] ?? '',
    date: (instant) => dates.format(new Date(instant)),
    money: (micros, currency) =>
      new Intl.NumberFormat(language, { style: 'currency', currency, maximumFractionDigits: 6 }).format(micros / 1e6),
  };
}

export interface Loaded {
  all: Words;
  language: Language;
  words: Dictionary;
}

/** `first` is loaded before the first paint, so that nothing is shown in the wrong language. What the API wrote in the
 * language before is asked for again. */
export function I18nProvider({ first, children }: { first: Loaded; children: ReactNode }) {
  const [{ all, language, words }, setLoaded] = useState(first);
  const queries = useQueryClient();
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo(
    () =>
      makeI18n(language, words, (next) => {
        void loadLanguage(all, next).then(
          (found) => {
            localStorage.setItem(REMEMBERED, next);
            setLoaded(found);
            void queries.invalidateQueries();
          },
          () => connected.set(false),
        );
      }),
    [all, language, words, queries],
  );
  return <Context value={value}>{children}</Context>;
}
