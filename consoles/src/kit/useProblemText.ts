import { useI18n } from './i18n';
import { Problem, Unreachable } from './problem';

/** What a person is told about an error. The API's own sentence about this case is English. */
export function useProblemText(): (error: unknown) => string {
  const { t, find, language } = useI18n();
  return (error) => {
    if (error instanceof Unreachable) return t('problem.unreachable');
    if (!(error instanceof Problem)) return t('problem.unexpected');
    const own = find(`problem.${error.code}`) || t('problem.unexpected');
    return error.detail && language === 'en' ? `${own} ${error.detail}` : own;
  };
}
