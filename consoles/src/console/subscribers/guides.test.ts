import { expect, test } from 'vitest';
import { addressOf, guides, PASSWORD, phoneLink, waveAccount } from './guides';

const connection = { domain: 'pbx.example', proxy_host: 'sbc.example', proxy_port: 60110, transports: ['udp', 'tcp'] as const, websocket_url: '' };
const place = { ...connection, transports: [...connection.transports] };
const alice = { username: 'alice', name: 'Alice "A" <Adams> & Co' };

test('each guide says domain, user and outbound proxy, and where the password goes', () => {
  for (const guide of guides(alice, place)) {
    const values = guide.lines.map(([, value]) => value);
    expect(values).toContain('alice');
    expect(values).toContain('pbx.example');
    expect(values).toContain(PASSWORD);
    expect(values.some((value) => value.includes('sbc.example'))).toBe(true);
  }
});

test('a name can break out of no element of what Wave scans', () => {
  const scanned = waveAccount(alice, place);

  expect(scanned).toContain('<DisplayName>Alice &quot;A&quot; &lt;Adams&gt; &amp; Co</DisplayName>');
  expect(scanned).toContain('<OutboundServer>sbc.example:60110</OutboundServer>');
  expect(scanned).toContain('<AuthPass></AuthPass>');
});

test('the link to the phone in the browser carries the address', () => {
  expect(addressOf(alice, place)).toBe('alice@pbx.example');
  expect(phoneLink('https://pbx.isp.example', alice, place)).toBe('https://pbx.isp.example/phone/?address=alice%40pbx.example');
});
