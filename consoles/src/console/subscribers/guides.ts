import type { Schemas } from '../../kit/api';

export interface PhoneUser {
  username: string;
  name: string;
}

/** A field of a phone, named as the phone names it. An empty value stands for the password. */
export type GuideLine = readonly [label: string, value: string];

export interface Guide {
  phone: string;
  /** Where in the phone's own pages. */
  where: string;
  lines: readonly GuideLine[];
}

type Connection = Schemas['ConnectionView'];

export const PASSWORD = '';

export function proxyOf({ proxy_host, proxy_port }: Connection): string {
  return `${proxy_host}:${proxy_port}`;
}

/** RFC 3261 19.1 */
export function addressOf({ username }: PhoneUser, { domain }: Connection): string {
  return `${username}@${domain}`;
}

/** For this subscriber, in the phones' own words. */
export function guides(user: PhoneUser, connection: Connection): Guide[] {
  const { domain, proxy_host, proxy_port, transports } = connection;
  const { username } = user;
  const transport = transports[0] ?? 'udp';
  const shown = user.name || username;
  return [
    {
      phone: 'Yealink', where: 'Account > Register',
      lines: [
        ['Line Active', 'Enabled'], ['Display Name', shown], ['Register Name', username], ['User Name', username], ['Password', PASSWORD],
        ['Server Host', domain], ['Transport', transport.toUpperCase()], ['Enable Outbound Proxy Server', 'Enabled'],
        ['Outbound Proxy Server 1', proxy_host], ['Port', String(proxy_port)],
      ],
    },
    {
      phone: 'Grandstream', where: 'Accounts > Account 1 > General Settings',
      lines: [
        ['Account Active', 'Yes'], ['Account Name', shown], ['SIP Server', domain], ['Outbound Proxy', proxyOf(connection)],
        ['SIP User ID', username], ['Authenticate ID', username], ['Authenticate Password', PASSWORD], ['Name', shown],
      ],
    },
    {
      phone: 'Linphone', where: 'Third-party SIP account',
      lines: [
        ['Username', username], ['Password', PASSWORD], ['Domain', domain], ['Display Name', shown], ['Transport', transport.toUpperCase()],
        ['SIP Proxy address', `sip:${proxyOf(connection)};transport=${transport}`], ['Outbound proxy', 'On'],
      ],
    },
  ];
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const escaped = (text: string) => text.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);

/** What the app Grandstream Wave scans. Without the password: a picture of it would lie around. */
export function waveAccount(user: PhoneUser, connection: Connection): string {
  const shown = escaped(user.name || user.username);
  const username = escaped(user.username);
  return [
    '<?xml version="1.0" encoding="utf-8"?><AccountConfig version="1"><Account>',
    `<RegisterServer>${escaped(connection.domain)}</RegisterServer><OutboundServer>${escaped(proxyOf(connection))}</OutboundServer>`,
    `<UserID>${username}</UserID><AuthID>${username}</AuthID><AuthPass></AuthPass>`,
    `<AccountName>${shown}</AccountName><DisplayName>${shown}</DisplayName></Account></AccountConfig>`,
  ].join('');
}

/** The phone in the browser, with the address filled in. */
export function phoneLink(origin: string, user: PhoneUser, connection: Connection): string {
  return `${origin}/phone/?address=${encodeURIComponent(addressOf(user, connection))}`;
}
