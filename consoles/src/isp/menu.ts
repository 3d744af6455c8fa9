import type { PageLink } from '../kit/Frame';

/** The menu, in the order of the work. */
export const PAGES: PageLink[] = [
  { to: '/', title: 'nav.home' },
  { to: '/carriers', title: 'carrier.title', heading: 'nav.network' }, { to: '/dialplans', title: 'dialplan.title' },
  { to: '/numbers', title: 'number.title' }, { to: '/domains', title: 'domain.title' }, { to: '/sbcs', title: 'sbc.title' },
  { to: '/plans', title: 'service_plan.title', heading: 'nav.selling' }, { to: '/rate-decks', title: 'rate_deck.title' },
  { to: '/service-decks', title: 'service_deck.title' }, { to: '/customers', title: 'customer.title' }, { to: '/tenants', title: 'tenant.title' },
  { to: '/calls', title: 'call.title', heading: 'nav.watching' }, { to: '/charges', title: 'charge.title' },
  { to: '/users', title: 'user.title', heading: 'nav.company' }, { to: '/audit', title: 'audit.title' }, { to: '/settings', title: 'settings.title' },
];
