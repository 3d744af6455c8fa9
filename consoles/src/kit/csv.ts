// Own code, because a wrong row is told by its line, also below a quoted field that has line ends of its own.

export interface CsvRow {
  /** Where the row begins, as an editor counts. */
  line: number;
  cells: string[];
}

/** RFC 4180, also with semicolons or tabs as spreadsheets of many countries write them. Empty lines are left out. */
export function parseCsv(text: string): CsvRow[] {
  const content = text.startsWith('\ufeff') ? text.slice(1) : text;
  const separator = separatorOf(content);
  const rows: CsvRow[] = [];
  let row: CsvRow = { line: 1, cells: [] };
  let cell = '';
  let quoted = false;
  let line = 1;
  const endCell = () => {
    row.cells.push(cell.trim());
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.cells.some(Boolean)) rows.push(row);
    row = { line: line + 1, cells: [] };
  };
  for (let place = 0; place < content.length; place += 1) {
    const character = content.charAt(place);
    if (quoted) {
      if (character !== '"') cell += character;
      else if (content.charAt(place + 1) === '"') cell += content.charAt((place += 1));
      else quoted = false;
    } else if (character === '"' && cell.trim() === '') {
      quoted = true;
      cell = '';
    } else if (character === separator) endCell();
    else if (character === '\n') endRow();
    else if (character !== '\r') cell += character;
    if (character === '\n') line += 1;
  }
  endRow();
  return rows;
}

/** The one that the first line has most of. */
export function separatorOf(text: string): string {
  const [first = ''] = text.split('\n', 1);
  const count = (separator: string) => first.split(separator).length;
  return [',', ';', '\t'].sort((one, other) => count(other) - count(one))[0] ?? ',';
}

/** A spreadsheet takes a cell that begins with one of =+-@ for a formula; a phone number is none. */
function writeCell(value: string): string {
  const safe = /^[=@\t\r]|^[+-](?![\d.]+$)/.test(value) ? `'${value}` : value;
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(writeCell).join(',')}\r\n`).join('');
}
