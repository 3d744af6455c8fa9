import type { console as english } from '../en/console';

export const console: Record<keyof typeof english, string> = {
  'console.leave': 'Voltar ao console do ISP',
  'console.title': 'Console do tenant',
};
