import { Alert, Button, Group, Table, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Fields } from './formContext';
import { useI18n } from './i18n';

interface Props {
  mine: Fields;
  theirs: Fields;
  onMine: () => void;
  onTheirs: () => void;
}

/** Of records that a form of this page has offered by name. */
function useKnownNames(): ReadonlyMap<unknown, string> {
  const found = useQueryClient().getQueriesData<{ items: { id: string; name: string }[] }>({ predicate: ({ queryKey }) => queryKey[1] === 'names' });
  return new Map(found.flatMap(([, data]) => data?.items ?? []).map((one) => [one.id, one.name]));
}

/** Somebody else saved first: both versions, and which one to go on with. */
export function Conflict({ mine, theirs, onMine, onTheirs }: Props) {
  const { t, find } = useI18n();
  const known = useKnownNames();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.scrollIntoView({ block: 'center' }), []);
  const show = (value: unknown): string => {
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.map(show).join(', ');
    return known.get(value) ?? (typeof value === 'string' ? value : JSON.stringify(value));
  };
  const names = Object.keys(mine).filter((name) => JSON.stringify(mine[name]) !== JSON.stringify(theirs[name]));
  return (
    <Alert ref={box} color="yellow" title={t('conflict.title')} role="alert">
      <Text size="sm">{t('conflict.text')}</Text>
      <Table my="sm" layout="fixed" className="versions">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('conflict.field')}</Table.Th>
            <Table.Th>{t('conflict.mine')}</Table.Th>
            <Table.Th>{t('conflict.theirs')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {names.map((name) => (
            <Table.Tr key={name}>
              <Table.Td>{find(`f.${name}`) || name}</Table.Td>
              <Table.Td>{show(mine[name])}</Table.Td>
              <Table.Td>{show(theirs[name])}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group gap="xs">
        <Button size="xs" onClick={onMine}>{t('conflict.keep_mine')}</Button>
        <Button size="xs" variant="default" onClick={onTheirs}>{t('conflict.take_theirs')}</Button>
      </Group>
    </Alert>
  );
}
