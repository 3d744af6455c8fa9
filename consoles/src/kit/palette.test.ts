import { expect, test } from 'vitest';
import { contrast, makeShades } from './palette';

const BRANDS = ['#0b5fff', '#0f766e', '#7c3aed', '#b91c1c', '#facc15', '#84cc16', '#000000', '#ffffff'];

test.each(BRANDS)('white is readable on the shade of buttons of %s', (brand) => {
  expect(contrast(makeShades(brand)[6], '#ffffff')).toBeGreaterThanOrEqual(4.5);
});

test.each(BRANDS)('links of %s are readable on white, and on the dark page', (brand) => {
  expect(contrast(makeShades(brand)[7], '#ffffff')).toBeGreaterThanOrEqual(4.5);
  expect(contrast(makeShades(brand)[3], '#242424')).toBeGreaterThanOrEqual(4.5);
});

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
