import { describe, expect, test } from 'vitest';
import { fill } from '../kit/i18n';
import { findFaults } from '../kit/rules';
import { words as consoleEn } from './en/words-console';
import { words as ispEn } from './en/words-isp';
import { words as phoneEn } from './en/words-phone';
import { words as consolePt } from './pt-BR/words-console';
import { words as ispPt } from './pt-BR/words-isp';
import { words as phonePt } from './pt-BR/words-phone';

const CONSOLES: Record<string, [Record<string, string>, Record<string, string>]> = {
  isp: [ispEn, ispPt], console: [consoleEn, consolePt], phone: [phoneEn, phonePt],
};
const placeholders = (text = '') => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe.each(Object.entries(CONSOLES))('the words of %s', (_, [en, ptBR]) => {
  test('are the same texts in both languages', () => {
    expect(Object.keys(ptBR).sort()).toEqual(Object.keys(en).sort());
  });

  test('are never empty', () => {
    expect(Object.entries({ ...en, ...ptBR }).filter(([, text]) => !text.trim())).toEqual([]);
  });

  test('take the same values in both languages', () => {
    const differing = Object.keys(en).filter((key) => placeholders(en[key]).join() !== placeholders(ptBR[key]).join());

    expect(differing).toEqual([]);
  });

  test('have a text for a rule that a form may break', () => {
    const [[key] = ['']] = Object.values(findFaults('SignupBody', { email: '' }));

    expect(en).toHaveProperty([key]);
  });
});

test('values are filled in, and a missing one stays visible', () => {
  expect(fill('{n} of {of}', { n: 1 })).toBe('1 of {of}');
});
