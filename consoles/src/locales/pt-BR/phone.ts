import type { phone as english } from '../en/phone';

export const phone: Record<keyof typeof english, string> = {
  'phone.title': 'Telefone',
};
