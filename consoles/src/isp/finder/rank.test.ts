import { expect, test } from 'vitest';
import { rank, type Target } from './rank';

const target = (label: string, kind = 'Page'): Target => ({ id: label, label, kind, to: '/' });
const found = (targets: Target[], typed: string) => rank(targets, typed).map(({ label }) => label);
const PAGES = [target('Service plans'), target('Rate decks'), target('Add tenant', 'Do'), target('Tenants'), target('Ligações')];

test('without anything typed all are there in their order', () => {
  expect(found(PAGES, '')).toEqual(PAGES.map(({ label }) => label));
});

test('what begins so comes before what has a word that does', () => {
  expect(found(PAGES, 'ten')).toEqual(['Tenants', 'Add tenant']);
});

test('words may come in any order, and the kind is one of them', () => {
  expect(found(PAGES, 'plans ser')).toEqual(['Service plans']);
  expect(found(PAGES, 'do')).toEqual(['Add tenant']);
});

test('nobody has to type accents', () => {
  expect(found(PAGES, 'ligacoes')).toEqual(['Ligações']);
});
