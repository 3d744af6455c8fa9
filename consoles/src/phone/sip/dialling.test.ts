import { expect, test } from 'vitest';
import { readDialled, sipUri } from './dialling';

const DOMAIN = 'customer1.example';

test.each([
  ['1001', '1001'],
  [' (209) 555-0100 ', '2095550100'],
  ['+1 209 555 0100', '+12095550100'],
  ['+41\u00a044\u00a0668\u00a018\u00a000', '+41446681800'],
  ['tel:+1-209-555-0100', '+12095550100'],
  ['tel:+12095550100;ext=5', '+12095550100'],
  ['sip:bob@customer1.example', 'bob'],
  ['sip:bob@CUSTOMER1.example;transport=ws', 'bob'],
  ['bob.smith', 'bob.smith'],
  ['*1', '*1'],
  ['#31#2095550100', '#31#2095550100'],
])('%s is dialled as %s', (text, dialled) => {
  expect(readDialled(text, DOMAIN)).toBe(dialled);
});

test.each(['', '   ', 'bob smith', 'bob@elsewhere.example', 'sip:bob@elsewhere.example', '<b>', 'tel:%'])('%s is not dialled', (text) => {
  expect(readDialled(text, DOMAIN)).toBe('');
});

test('the hash is escaped in an address, plus and star are not', () => {
  expect(sipUri('#31#+1*2', DOMAIN)).toBe('sip:%2331%23+1*2@customer1.example');
});
