import { Alert, Button, CopyButton, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, take, type Schemas } from '../../kit/api';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import { Problem } from '../../kit/problem';
import type { Resource } from '../../kit/resource';
import { useProblemText } from '../../kit/useProblemText';
import { Mark } from '../../kit/Standing';

type Domain = Schemas['DomainView'];
const DOMAINS: Resource = { path: '/v1/domains', noun: 'domain', schema: 'DomainBody' };
const EVERY_MS = 15_000;

export function Domains() {
  const { t } = useI18n();
  return (
    <ListPage<Domain> resource={DOMAINS} readOnly
      columns={[
        { title: t('f.domain'), cell: (row) => row.domain },
        { title: t('kit.state'), cell: (row) => <Mark good={Boolean(row.verified_at)}>{t(row.verified_at ? 'domain.verified' : 'domain.waiting')}</Mark> },
      ]}
      fields={(_, record) => <FieldText name="domain" help="own_domain" disabled={Boolean(record)} required />}
      extra={(domain) => <Proof domain={domain} />} />
  );
}

function Proof({ domain }: { domain: Domain }) {
  const { t, date } = useI18n();
  if (domain.verified_at) return <Alert color="green" mt="md">{t('domain.verified_at', { when: date(domain.verified_at) })}</Alert>;
  return (
    <Stack mt="md">
      <Text size="sm">{t('domain.publish')}</Text>
      <Copyable label={t('domain.record_name')} text={domain.txt_record.name} />
      <Copyable label={t('domain.record_value')} text={domain.txt_record.value} />
      <Check domain={domain} />
    </Stack>
  );
}

function Copyable({ label, text }: { label: string; text: string }) {
  const { t } = useI18n();
  return (
    <Group className="card" justify="space-between" wrap="nowrap" gap="sm">
      <div>
        <Text size="xs" c="dimmed">{label}</Text>
        <Text className="mono" size="sm">{text}</Text>
      </div>
      <CopyButton value={text}>
        {({ copied, copy }) => <Button size="xs" variant="default" flex="none" onClick={copy} aria-label={`${t('kit.copy')}: ${label}`}>{t(copied ? 'kit.copied' : 'kit.copy')}</Button>}
      </CopyButton>
    </Group>
  );
}

/** Looks by itself while it is open, and at once when asked. */
function Check({ domain }: { domain: Domain }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const check = useQuery({
    queryKey: ['domain-check', domain.id],
    queryFn: () => take(api.POST('/v1/domains/{domain_id}/verify', { params: { path: { domain_id: domain.id } } })),
    refetchInterval: (query) => (query.state.data ? false : EVERY_MS),
    retry: false,
  });
  const verified = Boolean(check.data?.verified_at);
  useEffect(() => {
    if (verified) void queries.invalidateQueries({ queryKey: [DOMAINS.path] });
  }, [verified, queries]);
  const waiting = check.error instanceof Problem && check.error.code === 'txt_record_not_found';
  return (
    <Stack gap="xs" aria-live="polite">
      {waiting && <Text size="sm" c="dimmed">{t('domain.not_yet')}</Text>}
      {check.error && !waiting && <Alert color="red">{tell(check.error)}</Alert>}
      <Button variant="default" loading={check.isFetching} onClick={() => void check.refetch()}>{t('domain.check')}</Button>
    </Stack>
  );
}
