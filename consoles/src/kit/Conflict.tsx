import { Alert, Button, Group, Table, Text } from '@mantine/core';
import type { Fields } from './formContext';
import { useI18n } from './i18n';

interface Props {
  mine: Fields;
  theirs: Fields;
  onMine: () => void;
  onTheirs: () => void;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Somebody else saved first: both versions, and which one to go on with. */
export function Conflict({ mine, theirs, onMine, onTheirs }: Props) {
  const { t, find } = useI18n();
  const names = Object.keys(mine).filter((name) => JSON.stringify(mine[name]) !== JSON.stringify(theirs[name]));
  return (
    <Alert color="yellow" title={t('conflict.title')} role="alert">
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
