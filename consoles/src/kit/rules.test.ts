import { expect, test } from 'vitest';
import { defaultsOf, findFaults } from './rules';

const gateway = (change: object) => ({ ...defaultsOf('GatewayBody'), name: 'primary', host: 'sip.carrier.example', ...change });
const carrier = (change: object) => ({ name: 'Carrier', gateways: [gateway(change)], suspended: false });

test('a carrier as the API wants it has no faults', () => {
  expect(findFaults('CarrierBody', carrier({}))).toEqual({});
});

test('a fault inside a list is found at its place', () => {
  const faults = findFaults('CarrierBody', carrier({ host: '-bad', port: 70000 }));

  expect(faults).toEqual({ 'gateways.0.host': ['rule.pattern'], 'gateways.0.port': ['rule.most', { n: 65535 }] });
});

test('what is needed and empty is said so, also if it is only spaces', () => {
  expect(findFaults('CarrierBody', { name: '   ', gateways: [] })).toEqual({ name: ['rule.required'] });
});

test('null is right only where the schema allows it', () => {
  expect(findFaults('CarrierBody', carrier({ source_port: null }))).toEqual({});
  expect(findFaults('CarrierBody', carrier({ outbound_strip: null }))).toEqual({ 'gateways.0.outbound_strip': ['rule.number'] });
});

test('a value outside of a choice is a fault', () => {
  expect(findFaults('CarrierBody', carrier({ transport: 'pigeon' }))).toEqual({ 'gateways.0.transport': ['rule.choice'] });
});

test('a new record begins with what the API would fill in', () => {
  expect(defaultsOf('GatewayBody')).toMatchObject({ port: 5060, transport: 'udp', codecs: ['PCMU', 'PCMA'], source_port: null });
});
