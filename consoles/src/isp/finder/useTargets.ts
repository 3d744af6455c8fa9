import { useDebouncedValue } from '@mantine/hooks';
import { useQueries } from '@tanstack/react-query';
import { send, type Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import type { Page } from '../../kit/resource';
import type { Key } from '../../locales/dictionary';
import { PAGES } from '../menu';
import { rank, type Target } from './rank';

const EACH = 5;
const SIFTED = 200; // of kinds that the API goes through page by page, because they are few
const AT_LEAST = 2; // characters, before records are asked for
const NUMBER = /^\+?\d[\d\s()-]*$/;

interface Kind {
  path: string;
  title: Key;
  to: string;
  isFew?: boolean;
}

const KINDS: Kind[] = [
  { path: '/v1/tenants', title: 'tenant.one', to: '/tenants' }, { path: '/v1/customers', title: 'customer.one', to: '/customers' },
  { path: '/v1/carriers', title: 'carrier.one', to: '/carriers', isFew: true }, { path: '/v1/service-plans', title: 'service_plan.one', to: '/plans', isFew: true },
  { path: '/v1/dialplans', title: 'dialplan.one', to: '/dialplans', isFew: true }, { path: '/v1/rate-decks', title: 'rate_deck.one', to: '/rate-decks', isFew: true },
  { path: '/v1/service-decks', title: 'service_deck.one', to: '/service-decks', isFew: true }, { path: '/v1/domains', title: 'domain.one', to: '/domains' },
  { path: '/v1/users', title: 'user.one', to: '/users' },
];
const ACTIONS: { label: Key; to: string; open: string }[] = [
  { label: 'tenant.add', to: '/tenants', open: 'new' }, { label: 'customer.add', to: '/customers', open: 'new' }, { label: 'carrier.add', to: '/carriers', open: 'new' },
  { label: 'number.add', to: '/numbers', open: 'new' }, { label: 'dialplan.add', to: '/dialplans', open: 'new' }, { label: 'service_plan.add', to: '/plans', open: 'new' },
  { label: 'rate_deck.add', to: '/rate-decks', open: 'new' }, { label: 'service_deck.add', to: '/service-decks', open: 'new' }, { label: 'domain.add', to: '/domains', open: 'new' },
  { label: 'user.add', to: '/users', open: 'new' }, { label: 'explain.title', to: '/calls', open: 'explain' }, { label: 'charge.check', to: '/charges', open: 'price' },
];

interface Named {
  id: string;
  name?: string;
  full_name?: string;
  domain?: string;
}

const list = <V>(path: string, query: Record<string, string>, limit = EACH) =>
  send<Page<V>>('GET', path, { query: { ...query, limit } }).then((page) => page.items.slice(0, EACH));

/** Pages and actions at once; records as the API finds them by the beginning of their name, numbers and calls by number. */
export function useTargets(typed: string): { targets: Target[]; isSearching: boolean } {
  const { t } = useI18n();
  const [asked] = useDebouncedValue(typed.trim(), 150);
  const number = NUMBER.test(asked) ? asked.replace(/[\s()-]/g, '') : '';
  const fixed = rank([
    ...PAGES.map(({ to, title }): Target => ({ id: to, label: t(title), kind: t('finder.page'), to })),
    ...ACTIONS.map(({ label, to, open }): Target => ({ id: `${to} ${open}`, label: t(label), kind: t('finder.do'), to, search: { open } })),
  ], typed);
  const records = useQueries({
    queries: KINDS.map(({ path, title, to, isFew }) => ({
      queryKey: ['finder', path, asked],
      enabled: asked.length >= AT_LEAST && !number,
      queryFn: async () => (await list<Named>(path, { search: asked }, isFew ? SIFTED : EACH)).map((one): Target => ({
        id: one.id, label: one.name ?? one.full_name ?? one.domain ?? '', kind: t(title), to, search: { open: one.id },
      })),
    })),
  });
  const numbers = useQueries({
    queries: [
      { queryKey: ['finder', 'dids', number], enabled: number.length >= AT_LEAST, queryFn: () => findNumbers(number, t('f.number')) },
      { queryKey: ['finder', 'calls', number], enabled: number.length >= AT_LEAST, queryFn: () => findCalls(number, t('finder.call')) },
    ],
  });
  const every = [...records, ...numbers];
  return { targets: [...fixed, ...every.flatMap((one) => one.data ?? [])], isSearching: every.some((one) => one.isFetching) };
}

async function findNumbers(number: string, kind: string): Promise<Target[]> {
  const found = await list<Schemas['DidView']>('/v1/dids', { search: number.startsWith('+') ? number : `+${number}` });
  return found.map((one) => ({ id: one.number, label: one.number, kind, to: '/numbers', search: { q: one.number } }));
}

async function findCalls(number: string, kind: string): Promise<Target[]> {
  const found = await list<Schemas['IspCallView']>('/v1/calls', { number });
  return found.map((one) => ({
    id: one.call_id, kind, to: '/calls', search: { open: one.call_id },
    label: `${one.caller.name || one.caller.number} → ${one.called.name || one.called.number || one.dialled}`,
  }));
}
