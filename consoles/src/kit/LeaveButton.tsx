import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useI18n } from './i18n';
import { logOut } from './session';
import { useProblemText } from './useProblemText';

interface Props {
  onLeft: () => unknown;
  /** In words; nobody was logged out. */
  onTrouble: (text: string) => void;
}

/** Logs out, and forgets what was loaded for whoever was logged in. */
export function LeaveButton({ onLeft, onTrouble }: Props) {
  const { t } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const leave = async () => {
    const problem = await logOut().catch((error: unknown) => error);
    if (problem) {
      onTrouble(tell(problem));
      return;
    }
    queries.clear();
    await onLeft();
  };
  return <Button variant="default" size="xs" onClick={() => void leave()}>{t('kit.log_out')}</Button>;
}
