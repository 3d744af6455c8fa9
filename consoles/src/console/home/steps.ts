import { queryOptions } from '@tanstack/react-query';
import { send, type Schemas } from '../../kit/api';
import type { Page } from '../../kit/resource';
import type { Key } from '../../locales/dictionary';
import { TENANT } from '../tenant';

const MOST = 200;

export interface Step {
  key: Key;
  to: string;
  done: boolean;
}

/** Of one page: how many, and whether there are more. */
export interface Count {
  n: number;
  more: boolean;
}

interface Found {
  steps: Step[];
  subscribers: Count;
  numbers: Count;
  calls: Count;
  answered: number;
}

const count = (page: Page<unknown>): Count => ({ n: page.items.length, more: Boolean(page.next_cursor) });

function startOfDay(): string {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
}

/** A page may be empty and still not be the last. */
async function any(kind: string, cursor?: string): Promise<boolean> {
  const page = await send<Page<unknown>>('GET', `${TENANT}/${kind}`, { query: { limit: 1, cursor } });
  return page.items.length > 0 || (page.next_cursor ? any(kind, page.next_cursor) : false);
}

async function load(): Promise<Found> {
  const page = <V>(kind: string, query = {}) => send<Page<V>>('GET', `${TENANT}/${kind}`, { query: { limit: MOST, ...query } });
  const [subscribers, numbers, groups, today, calls, live] = await Promise.all([
    page<Schemas['SubscriberView']>('subscribers'), page<Schemas['TenantDidView']>('dids'), any('security-groups'),
    page<Schemas['CallView']>('calls', { since: startOfDay() }), any('calls'),
    send<Schemas['LiveView']>('GET', `${TENANT}/live`),
  ]);
  const people = subscribers.items;
  return {
    steps: [
      { key: 'start.group', to: '/groups', done: groups },
      { key: 'start.subscriber', to: '/subscribers', done: people.length > 0 },
      { key: 'start.rights', to: '/subscribers', done: people.some((one) => one.security_group_id) },
      { key: 'start.phone', to: '/subscribers', done: live.registrations_total > 0 },
      { key: 'start.number', to: '/numbers', done: numbers.items.some((one) => one.subscriber_id) },
      { key: 'start.call', to: '/calls', done: calls },
    ],
    subscribers: count(subscribers),
    numbers: count(numbers),
    calls: count(today),
    answered: today.items.filter((one) => one.result === 'answered').length,
  };
}

export const homeQuery = queryOptions({ queryKey: [TENANT, 'home'], queryFn: load, refetchInterval: 15_000 });
