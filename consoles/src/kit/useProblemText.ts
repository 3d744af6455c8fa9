import { useI18n, type I18n } from './i18n';
import { Problem, Unreachable } from './problem';

export function useProblemText(): (error: unknown) => string {
  const i18n = useI18n();
  return (error) => problemText(error, i18n);
}

/** What a person is told about an error: the console's words, then the API's about this case, where it was answered in
 * the language that is spoken now. */
export function problemText(error: unknown, { t, find, language }: Pick<I18n, 't' | 'find' | 'language'>): string {
  if (error instanceof Unreachable) return t('problem.unreachable');
  if (!(error instanceof Problem)) return t('problem.unexpected');
  const isSpoken = error.language === language;
  const title = find(`problem.${error.code}`) || (isSpoken && error.title) || t('problem.unexpected');
  return isSpoken && error.detail ? `${asSentence(title)} ${asSentence(error.detail)}` : asSentence(title);
}

function asSentence(text: string): string {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}
