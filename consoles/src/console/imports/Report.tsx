import { Alert, Progress, Stack, Table, Text } from '@mantine/core';
import { DataTable } from '../../kit/DataTable';
import { useI18n } from '../../kit/i18n';
import { Mark } from '../../kit/Standing';
import type { Job } from './job';

export function Progressing({ job, label }: { job: Job; label: string }) {
  const { t } = useI18n();
  const share = job.total ? (job.done / job.total) * 100 : 0;
  return (
    <Stack gap={4}>
      <Progress value={share} striped animated aria-label={label} />
      <Text size="sm" c="dimmed" role="status">{job.total ? t('import.progress', { n: job.done, of: job.total }) : t('kit.wait')}</Text>
    </Stack>
  );
}

/** What is wrong, line by line as an editor counts them, in the API's words. */
export function JobErrors({ job }: { job: Job }) {
  const { t, find } = useI18n();
  return (
    <>
      {job.problem && <Alert color="red" role="alert" title={find(`problem.${job.problem.code}`)}>{job.problem.message}</Alert>}
      {job.errors.length > 0 && (
        <Table aria-label={t('import.errors')} verticalSpacing={4} className="versions">
          <Table.Thead><Table.Tr><Table.Th w={64}>{t('import.line')}</Table.Th><Table.Th>{t('import.column')}</Table.Th><Table.Th>{t('import.why')}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {job.errors.map((one, index) => (
              <Table.Tr key={index}><Table.Td>{one.line}</Table.Td><Table.Td className="mono">{one.field}</Table.Td><Table.Td>{one.message}</Table.Td></Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {job.errors_total > job.errors.length && <Text size="sm" c="dimmed">{t('import.more_errors', { n: job.errors_total - job.errors.length })}</Text>}
    </>
  );
}

export function Preview({ lines, total }: { lines: Job['preview']; total: number }) {
  const { t, find } = useI18n();
  if (lines.length === 0) return null;
  return (
    <>
      <DataTable label={t('import.preview')} rows={lines} keyOf={(row) => String(row.line)} columns={[
        { title: t('import.line'), cell: (row) => row.line },
        { title: t('f.username'), cell: (row) => row.username },
        { title: t('f.name'), cell: (row) => row.name },
        { title: t('f.alias'), cell: (row) => row.alias },
        { title: t('import.action'), cell: (row) => <Mark good={row.action !== 'bad'}>{find(`action.${row.action}`)}</Mark> },
      ]} />
      {total > lines.length && <Text size="sm" c="dimmed">{t('import.more_rows', { n: total - lines.length })}</Text>}
    </>
  );
}
