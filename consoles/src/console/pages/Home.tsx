import { Alert, Anchor, Progress, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useI18n } from '../../kit/i18n';
import { useProblemText } from '../../kit/useProblemText';
import { Usage } from '../home/Usage';
import { homeQuery, type Count, type Step } from '../home/steps';

export function Home() {
  const { t } = useI18n();
  const tell = useProblemText();
  const { data: found, error } = useQuery(homeQuery);
  if (error && !found) return <Alert color="red" role="alert">{tell(error)}</Alert>;
  return (
    <Stack maw={860}>
      <Title order={1} size="h2">{t('start.title')}</Title>
      {found ? (
        <SimpleGrid cols={3} spacing={{ base: 'xs', sm: 'md' }}>
          <Figure to="/subscribers" label={t('subscriber.title')} count={found.subscribers} />
          <Figure to="/numbers" label={t('number.title')} count={found.numbers} />
          <Figure to="/calls" label={t('start.today')} count={found.calls} more={t('start.answered', { n: found.answered })} />
        </SimpleGrid>
      ) : <Skeleton height={88} />}
      {found ? <Checklist steps={found.steps} /> : <Skeleton height={320} />}
      <Usage />
    </Stack>
  );
}

function Figure({ to, label, count, more }: { to: string; label: string; count: Count; more?: string }) {
  return (
    <div className="card tight">
      <Anchor component={Link} to={to} size="sm">{label}</Anchor>
      <Text size="xl" fw={600}>{count.n}{count.more && '+'}</Text>
      {more && <Text size="sm" c="dimmed">{more}</Text>}
    </div>
  );
}

function Checklist({ steps }: { steps: Step[] }) {
  const { t } = useI18n();
  const done = steps.filter((step) => step.done).length;
  return (
    <>
      <Title order={2} size="h4">{t('home.title')}</Title>
      <Text c="dimmed">{done === steps.length ? t('home.complete') : t('home.text')}</Text>
      <Progress value={(done / steps.length) * 100} aria-label={t('home.progress')} />
      <Stack component="ol" gap="xs" p={0} m={0} className="steps">
        {steps.map((step) => <Item key={step.key} step={step} />)}
      </Stack>
    </>
  );
}

function Item({ step }: { step: Step }) {
  const { t, find } = useI18n();
  return (
    <li className={step.done ? 'step done' : 'step'}>
      <span className="tick" aria-hidden>{step.done ? '✓' : ''}</span>
      <div>
        <Anchor component={Link} to={step.to} fw={600}>{t(step.key)}</Anchor>{' '}
        <Text span size="xs" c="dimmed">{t(step.done ? 'home.done' : 'home.open')}</Text>
        <Text size="sm" c="dimmed">{find(`${step.key}_text`)}</Text>
      </div>
    </li>
  );
}
