import { describe, expect, test } from 'vitest';
import { parseCsv, writeCsv } from './csv';

const cells = (text: string) => parseCsv(text).map((row) => row.cells);

describe('a CSV file', () => {
  test('is read with quotes, doubled quotes and separators inside them', () => {
    expect(cells('prefix,description\n+1,"USA, ""all"""\n')).toEqual([['prefix', 'description'], ['+1', 'USA, "all"']]);
  });

  test.each([[';', 'a;b'], ['tab', 'a\tb'], ['comma', 'a,b']])('may have %s between its fields', (_, first) => {
    expect(cells(first)).toEqual([['a', 'b']]);
  });

  test('keeps the number of each line, past empty ones and line ends inside of quotes', () => {
    const rows = parseCsv('a,b\r\n\r\n"two\nlines",x\r\nlast,y');

    expect(rows.map((row) => row.line)).toEqual([1, 3, 5]);
  });

  test('may begin with the mark that spreadsheets write, and end without a line end', () => {
    expect(cells('\ufeffa,b\n1,2')).toEqual([['a', 'b'], ['1', '2']]);
  });

  test('without anything has no rows', () => {
    expect(parseCsv(' \n\n')).toEqual([]);
  });

  test('that was written is read as it was', () => {
    const rows = [['prefix', 'description'], ['+1209', 'say "hi", twice\nor more']];

    expect(cells(writeCsv(rows))).toEqual(rows);
  });

  test('never makes a spreadsheet calculate, and leaves phone numbers as they are', () => {
    expect(writeCsv([['=1+1', '+1209', '-0.5', '+cmd', '@sum']])).toBe("'=1+1,+1209,-0.5,'+cmd,'@sum\r\n");
  });
});
