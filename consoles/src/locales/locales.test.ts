import { expect, test } from 'vitest';
import { fill } from '../kit/i18n';
import { findFaults } from '../kit/rules';
import { en } from './en';
import { ptBR } from './pt-BR';

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test('both languages have the same texts', () => {
  expect(Object.keys(ptBR).sort()).toEqual(Object.keys(en).sort());
});

test('no text is empty', () => {
  expect(Object.entries({ ...en, ...ptBR }).filter(([, text]) => !text.trim())).toEqual([]);
});

test('a text takes the same values in both languages', () => {
  const differing = (Object.keys(en) as (keyof typeof en)[]).filter(
    (key) => placeholders(en[key]).join() !== placeholders(ptBR[key]).join(),
  );

  expect(differing).toEqual([]);
});

test('values are filled in, and a missing one stays visible', () => {
  expect(fill('{n} of {of}', { n: 1 })).toBe('1 of {of}');
});

test('every rule that a form may break has a text', () => {
  const [[key] = ['']] = Object.values(findFaults('SignupBody', { email: '' }));

  expect(en).toHaveProperty([key]);
});
