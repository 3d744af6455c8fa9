import { Alert, Anchor, Button, SegmentedControl, SimpleGrid, Skeleton, Stack, Table, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../kit/api';
import { Copyable } from '../../kit/Copyable';
import { useI18n } from '../../kit/i18n';
import { QrCode } from '../../kit/QrCode';
import { recordQuery } from '../../kit/resource';
import { useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { guides, phoneLink, proxyOf, waveAccount, type Guide } from '../subscribers/guides';
import { connectionQuery, TENANT } from '../tenant';

type Subscriber = Schemas['SubscriberView'];
type Connection = Schemas['ConnectionView'];

/** What a subscriber's phone needs, for people who set up phones. */
export function Setup() {
  const { t } = useI18n();
  const tell = useProblemText();
  const [{ subscriber: id = '' }] = useListSearch();
  const subscriber = useQuery(recordQuery<Subscriber>(`${TENANT}/subscribers`, id));
  const connection = useQuery(connectionQuery);
  const error = subscriber.error ?? connection.error;
  return (
    <Stack maw={900}>
      <Anchor component={Link} to="/subscribers" size="sm">{t('setup.back')}</Anchor>
      <Title order={1} size="h2">{subscriber.data ? t('setup.title', { name: subscriber.data.name || subscriber.data.username }) : t('setup.open')}</Title>
      {error && <Alert color="red" role="alert">{tell(error)}</Alert>}
      {!error && (subscriber.data && connection.data ? <Ready subscriber={subscriber.data} connection={connection.data} /> : <Skeleton height={420} />)}
    </Stack>
  );
}

function Ready({ subscriber, connection }: { subscriber: Subscriber; connection: Connection }) {
  const { t } = useI18n();
  const found = guides(subscriber, connection);
  return (
    <>
      <Text c="dimmed" maw={720}>{t('setup.text')}</Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <Stack gap="xs">
          <Copyable label={t('setup.user')} text={subscriber.username} />
          <Copyable label={t('setup.domain')} text={connection.domain} />
          <Copyable label={t('setup.proxy')} text={proxyOf(connection)} />
          <Copyable label={t('setup.transport')} text={connection.transports.map((one) => one.toUpperCase()).join(', ')} />
          <Text size="sm" c="dimmed">{t('setup.password')}</Text>
        </Stack>
        <Codes subscriber={subscriber} connection={connection} />
      </SimpleGrid>
      <Title order={2} size="h4">{t('setup.guides')}</Title>
      <Tabs defaultValue={found[0]?.phone ?? null}>
        <Tabs.List>{found.map(({ phone }) => <Tabs.Tab key={phone} value={phone}>{phone}</Tabs.Tab>)}</Tabs.List>
        {found.map((guide) => <Tabs.Panel key={guide.phone} value={guide.phone} pt="sm"><Lines guide={guide} /></Tabs.Panel>)}
      </Tabs>
    </>
  );
}

function Codes({ subscriber, connection }: { subscriber: Subscriber; connection: Connection }) {
  const { t } = useI18n();
  const [kind, setKind] = useState('browser');
  const link = phoneLink(location.origin, subscriber, connection);
  const isBrowser = kind === 'browser';
  return (
    <Stack gap="xs" align="center">
      <SegmentedControl value={kind} onChange={setKind} aria-label={t('setup.code')} fullWidth w="100%"
        data={[{ value: 'browser', label: t('setup.browser') }, { value: 'wave', label: 'Grandstream Wave' }]} />
      <QrCode text={isBrowser ? link : waveAccount(subscriber, connection)} label={t(isBrowser ? 'setup.code_browser' : 'setup.code_wave')} />
      <Text size="sm" c="dimmed" ta="center">{t(isBrowser ? 'setup.browser_text' : 'setup.wave_text')}</Text>
      {isBrowser && <Button component="a" href={link} target="_blank" rel="noreferrer" variant="default" size="xs">{t('setup.open_phone')}</Button>}
    </Stack>
  );
}

function Lines({ guide }: { guide: Guide }) {
  const { t } = useI18n();
  return (
    <>
      <Text size="sm" mb="xs">{t('setup.where')} <b lang="en">{guide.where}</b></Text>
      <Table withTableBorder verticalSpacing={6} aria-label={guide.phone} className="versions">
        <Table.Tbody>
          {guide.lines.map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th scope="row" w="45%" lang="en">{label}</Table.Th>
              <Table.Td>{value ? <span className="mono">{value}</span> : t('setup.its_password')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
