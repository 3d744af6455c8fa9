import { Alert, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, take } from '../../kit/api';
import { DataTable } from '../../kit/DataTable';
import { Empty } from '../../kit/Empty';
import { useI18n } from '../../kit/i18n';
import { useProblemText } from '../../kit/useProblemText';
import { Mark } from '../../kit/Standing';

const EVERY_MS = 5000;

export function Sbcs() {
  const { t } = useI18n();
  const tell = useProblemText();
  const { data, error } = useQuery({ queryKey: ['/v1/sbcs', 'list'], queryFn: () => take(api.GET('/v1/sbcs')), refetchInterval: EVERY_MS });
  return (
    <>
      <Title order={1} size="h2" mb="xs">{t('sbc.title')}</Title>
      <Text c="dimmed" mb="md" maw={720}>{t('sbc.about')}</Text>
      {error && <Alert color="red" role="alert">{tell(error)}</Alert>}
      {data?.items.length === 0 ? <Empty title={t('sbc.none')} text={t('sbc.empty')} /> : (
        <DataTable label={t('sbc.title')} rows={data?.items} keyOf={(row) => row.id} columns={[
          { title: t('f.name'), cell: (row) => row.name },
          { title: t('sbc.address'), cell: (row) => <span className="mono">{row.address}</span> },
          { title: t('sbc.region'), cell: (row) => row.region },
          { title: t('sbc.use'), cell: (row) => t(row.shared ? 'sbc.shared' : 'sbc.own') },
          { title: t('sbc.in_force'), cell: ({ in_force: { nodes, acknowledged } }) => (
            <Mark good={nodes > 0 && nodes === acknowledged}>{t('sbc.nodes', { n: acknowledged, of: nodes })}</Mark>
          ) },
        ]} />
      )}
    </>
  );
}
