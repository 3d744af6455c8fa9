import { expect, test } from 'vitest';
import { words as ptBR } from '../locales/pt-BR/words-isp';
import { readProblem, Unreachable } from './problem';
import { problemText } from './useProblemText';

const words: Readonly<Record<string, string>> = ptBR;
const find = (key: string) => words[key] ?? '';
const i18n = { language: 'pt-BR', t: find, find } as const;
const answer = (body: object, headers: Record<string, string>) => readProblem(new Response(JSON.stringify(body), { status: 409, headers }));

test('the API is quoted where it answered in the language of the page', async () => {
  const document = { code: 'in_use', title: 'Algo ainda usa isto', detail: '+551155550100 está alocado a um tenant' };
  const problem = await answer(document, { 'Content-Language': 'pt-BR' });

  expect(problemText(problem, i18n)).toBe('Algo ainda usa isto. +551155550100 está alocado a um tenant.');
});

test('what was answered in another language, or says none, is told in the words of the console alone', async () => {
  const document = { code: 'in_use', title: 'Something still uses this', detail: 'It is allocated' };

  expect(problemText(await answer(document, { 'Content-Language': 'en' }), i18n)).toBe('Algo ainda usa isto.');
  expect(problemText(await answer(document, {}), i18n)).toBe('Algo ainda usa isto.');
});

test('a code that the console has no words for is told by the title of the API', async () => {
  const problem = await answer({ code: 'moon_full', title: 'A lua está cheia' }, { 'Content-Language': 'pt-BR' });

  expect(problemText(problem, i18n)).toBe('A lua está cheia.');
});

test('other failures are told too', () => {
  expect(problemText(new Unreachable('no answer'), i18n)).toBe(find('problem.unreachable'));
  expect(problemText(new Error('x'), i18n)).toBe(find('problem.unexpected'));
});
