import { Skeleton, Table, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Column<V> {
  title: string;
  cell: (row: V) => ReactNode;
}

interface Props<V> {
  label: string;
  columns: Column<V>[];
  rows: V[] | undefined;
  keyOf: (row: V) => string;
  onOpen?: (row: V) => void;
}

/** On a phone each row is a card (styles/kit.css); the first column opens the row. */
export function DataTable<V>({ label, columns, rows, keyOf, onOpen }: Props<V>) {
  return (
    <Table className="cards" highlightOnHover={Boolean(onOpen)} verticalSpacing="xs" aria-label={label}>
      <Table.Thead>
        <Table.Tr>{columns.map(({ title }) => <Table.Th key={title}>{title}</Table.Th>)}</Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows ? rows.map((row) => <Row key={keyOf(row)} row={row} columns={columns} onOpen={onOpen} />) : <Waiting columns={columns.length} />}
      </Table.Tbody>
    </Table>
  );
}

function Row<V>({ row, columns, onOpen }: { row: V; columns: Column<V>[]; onOpen: ((row: V) => void) | undefined }) {
  return (
    <Table.Tr onClick={onOpen && (() => onOpen(row))} className={onOpen && 'clickable'}>
      {columns.map(({ title, cell }, index) => (
        <Table.Td key={title} data-label={title}>
          {index === 0 && onOpen ? <UnstyledButton className="opens">{cell(row)}</UnstyledButton> : cell(row)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

function Waiting({ columns }: { columns: number }) {
  return [0, 1, 2].map((row) => (
    <Table.Tr key={row} aria-hidden>
      {Array.from({ length: columns }, (_, column) => <Table.Td key={column}><Skeleton height={16} /></Table.Td>)}
    </Table.Tr>
  ));
}
