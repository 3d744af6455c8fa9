import { Alert, Anchor, Button, FileInput, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { send, type Schemas } from '../../kit/api';
import { download } from '../../kit/download';
import { useI18n } from '../../kit/i18n';
import { useListSearch } from '../../kit/useListSearch';
import { useProblemText } from '../../kit/useProblemText';
import { isOver, jobQuery, separatorFor, startImport, upload, type Job } from '../imports/job';
import { JobErrors, Preview, Progressing } from '../imports/Report';
import { TENANT } from '../tenant';

/** From a spreadsheet and back. The address says which upload and job it is about, so that a reload loses nothing. */
export function Import() {
  const { t } = useI18n();
  return (
    <Stack maw={960}>
      <Anchor component={Link} to="/subscribers" size="sm">{t('setup.back')}</Anchor>
      <Title order={1} size="h2">{t('import.title')}</Title>
      <Text c="dimmed" maw={720}>{t('import.about')}</Text>
      <Choose />
      <Checked />
      <Done />
      <Export />
    </Stack>
  );
}

function Choose() {
  const { t, language } = useI18n();
  const tell = useProblemText();
  const [, change] = useListSearch();
  const [file, setFile] = useState<File | null>(null);
  const template = useMutation({
    mutationFn: () => send<Schemas['TemplateView']>('GET', `${TENANT}/subscriber-imports/template`, { query: { separator: separatorFor(language) } }),
    onSuccess: ({ csv }) => download('subscribers.csv', csv),
  });
  const check = useMutation({
    mutationFn: async (chosen: File) => {
      const id = await upload(chosen);
      return { upload: id, check: (await startImport(id, true)).id };
    },
    onSuccess: (found) => change({ ...found, job: '' }),
  });
  const failed = check.error ?? template.error;
  return (
    <section className="card" aria-labelledby="import-choose">
      <Title order={2} size="h4" id="import-choose" mb={4}>{t('import.choose')}</Title>
      <Text size="sm" c="dimmed" mb="sm">{t('import.choose_text')}</Text>
      <Group align="end" gap="xs">
        <FileInput label={t('import.file')} placeholder={t('import.no_file')} accept=".csv,text/csv" value={file} onChange={setFile} w={280} clearable
          clearButtonProps={{ 'aria-label': t('kit.clear') }} />
        <Button disabled={!file} loading={check.isPending} onClick={() => file && check.mutate(file)}>{t('import.check')}</Button>
        <Button variant="default" loading={template.isPending} onClick={() => template.mutate()}>{t('import.template')}</Button>
      </Group>
      {failed && <Alert color="red" role="alert" mt="sm">{tell(failed)}</Alert>}
    </section>
  );
}

/** The dry run: nothing has changed yet. */
function Checked() {
  const { t } = useI18n();
  const tell = useProblemText();
  const [{ upload: id = '', check = '', job: started = '' }, change] = useListSearch();
  const { data: job, error } = useQuery(jobQuery(check));
  const begin = useMutation({ mutationFn: () => startImport(id, false), onSuccess: (made) => change({ job: made.id }) });
  if (!check || started) return null;
  const isGood = job?.state === 'done' && job.counts.bad === 0;
  const changes = job ? job.counts.created + job.counts.updated : 0;
  return (
    <section className="card" aria-labelledby="import-preview">
      <Title order={2} size="h4" id="import-preview" mb="xs">{t('import.preview')}</Title>
      {error && <Alert color="red" role="alert">{tell(error)}</Alert>}
      {job && !isOver(job) && <Progressing job={job} label={t('import.checking')} />}
      {job && isOver(job) && (
        <Stack>
          <Counts job={job} />
          <JobErrors job={job} />
          <Preview lines={job.preview} total={job.total} />
          {isGood && (
            <Group><Button disabled={changes === 0} loading={begin.isPending} onClick={() => begin.mutate()}>{changes ? t('import.begin', { n: changes }) : t('import.nothing')}</Button></Group>
          )}
          {begin.error && <Alert color="red" role="alert">{tell(begin.error)}</Alert>}
        </Stack>
      )}
    </section>
  );
}

function Done() {
  const { t, date } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const [{ job: id = '' }, change] = useListSearch();
  const { data: job, error } = useQuery(jobQuery(id));
  const over = job !== undefined && isOver(job);
  useEffect(() => {
    if (over) void queries.invalidateQueries({ queryKey: [`${TENANT}/subscribers`] });
  }, [over, queries]);
  if (!id) return null;
  return (
    <section className="card" aria-labelledby="import-done">
      <Title order={2} size="h4" id="import-done" mb="xs">{t(over ? 'import.done' : 'import.running')}</Title>
      {error && <Alert color="red" role="alert">{tell(error)}</Alert>}
      {job && !over && <Progressing job={job} label={t('import.running')} />}
      {over && (
        <Stack>
          <Counts job={job} />
          <JobErrors job={job} />
          {job.result_url && (
            <Alert color="yellow" title={t('import.result')}>
              <Text size="sm" mb="xs">{t('import.result_text', { when: job.result_expires_at ? date(job.result_expires_at) : '' })}</Text>
              <Button component="a" href={job.result_url} download size="xs">{t('import.download')}</Button>
            </Alert>
          )}
          <Group><Button variant="default" onClick={() => change({ upload: '', check: '', job: '' })}>{t('import.another')}</Button></Group>
        </Stack>
      )}
    </section>
  );
}

function Counts({ job }: { job: Job }) {
  const { t } = useI18n();
  const { created, updated, unchanged, bad } = job.counts;
  return <Text role="status">{t(job.dry_run ? 'import.would' : 'import.did', { created, updated, unchanged, bad })}</Text>;
}

function Export() {
  const { t, language } = useI18n();
  const tell = useProblemText();
  const [id, setId] = useState('');
  const { data: job, error } = useQuery(jobQuery(id));
  const begin = useMutation({
    mutationFn: () => send<Job>('POST', `${TENANT}/subscriber-exports`, { body: { separator: separatorFor(language) } }),
    onSuccess: (made) => setId(made.id),
  });
  const failed = begin.error ?? error;
  const isRunning = begin.isPending || (id !== '' && !failed && (!job || !isOver(job)));
  return (
    <section className="card" aria-labelledby="export">
      <Title order={2} size="h4" id="export" mb={4}>{t('export.title')}</Title>
      <Text size="sm" c="dimmed" mb="sm">{t('export.text')}</Text>
      <Group gap="xs">
        <Button variant="default" loading={isRunning} onClick={() => begin.mutate()}>{t('export.begin')}</Button>
        {job?.result_url && <Button component="a" href={job.result_url} download>{t('export.download', { n: job.total })}</Button>}
      </Group>
      {failed && <Alert color="red" role="alert" mt="sm">{tell(failed)}</Alert>}
      {job?.problem && <Alert color="red" role="alert" mt="sm">{job.problem.message}</Alert>}
    </section>
  );
}
