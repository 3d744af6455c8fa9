import { Anchor, Box, Progress, Skeleton, Stack, Text, Title } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, send, take } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import type { Page } from '../../kit/resource';
import type { Key } from '../../locales/dictionary';

const UsageCharts = lazy(() => import('../home/UsageCharts').then((found) => ({ default: found.UsageCharts })));

interface Step {
  key: Key;
  to: string;
  done: boolean;
  optional?: boolean;
}

/** A page may be empty and still not be the last. */
async function any(path: string, cursor?: string): Promise<boolean> {
  const page = await send<Page<unknown>>('GET', path, { query: { limit: 1, cursor } });
  return page.items.length > 0 || (page.next_cursor ? any(path, page.next_cursor) : false);
}

/** What there is already, asked from the API itself. */
async function loadSteps(): Promise<Step[]> {
  const [carriers, dialplans, plans, customers, numbers, domains, tenants, calls] = await Promise.all([
    take(api.GET('/v1/carriers')), any('/v1/dialplans'), any('/v1/service-plans'), any('/v1/customers'),
    any('/v1/dids'), take(api.GET('/v1/domains')), take(api.GET('/v1/tenants')), any('/v1/calls'),
  ]);
  const tenant = tenants.items[0];
  const people = tenant ? await any(`/v1/tenants/${tenant.id}/subscribers`) : false;
  return [
    { key: 'home.carrier', to: '/carriers', done: carriers.items.some((one) => one.gateways.length > 0) },
    { key: 'home.dialplan', to: '/dialplans', done: dialplans },
    { key: 'home.plan', to: '/plans', done: plans },
    { key: 'home.customer', to: '/customers', done: customers },
    { key: 'home.numbers', to: '/numbers', done: numbers },
    { key: 'home.domain', to: '/domains', done: domains.items.some((one) => one.verified_at), optional: true },
    { key: 'home.tenant', to: '/tenants', done: Boolean(tenant) },
    { key: 'home.subscribers', to: '/tenants', done: people },
    { key: 'home.call', to: '/calls', done: calls },
  ];
}

export function Home() {
  const { t } = useI18n();
  const { data: steps } = useQuery({ queryKey: ['first-call'], queryFn: loadSteps, refetchInterval: 15_000 });
  const isComplete = steps?.every((step) => step.done || step.optional);
  const isCalled = steps?.some((step) => step.key === 'home.call' && step.done);
  const charts = isCalled && <Suspense fallback={<Skeleton height={240} />}><UsageCharts /></Suspense>;
  if (steps && isComplete) {
    return (
      <>
        <Title order={1} size="h2">{t('home.running')}</Title>
        {charts}
        <Box component="details" mt="xl" maw={760}>
          <summary>{t('home.complete')}</summary>
          <Steps steps={steps} />
        </Box>
      </>
    );
  }
  return (
    <>
      <Stack maw={760}>
        <Title order={1} size="h2">{t('home.title')}</Title>
        <Text c="dimmed">{t('home.text')}</Text>
        <Advance steps={steps} />
        {steps ? <Steps steps={steps} /> : <Skeleton height={320} />}
      </Stack>
      {charts}
    </>
  );
}

function Advance({ steps }: { steps: Step[] | undefined }) {
  const { t } = useI18n();
  if (!steps) return <Skeleton height={8} />;
  const needed = steps.filter((step) => !step.optional);
  return <Progress value={(needed.filter((step) => step.done).length / needed.length) * 100} aria-label={t('home.progress')} />;
}

function Steps({ steps }: { steps: Step[] }) {
  return <Stack component="ol" gap="xs" p={0} m={0} className="steps">{steps.map((step) => <Item key={step.key} step={step} />)}</Stack>;
}

function Item({ step }: { step: Step }) {
  const { t, find } = useI18n();
  return (
    <li className={step.done ? 'step done' : 'step'}>
      <span className="tick" aria-hidden>{step.done ? '✓' : ''}</span>
      <div>
        <Anchor component={Link} to={step.to} fw={600}>{t(step.key)}</Anchor>{' '}
        <Text span size="xs" c="dimmed">{t(step.done ? 'home.done' : step.optional ? 'home.optional' : 'home.open')}</Text>
        <Text size="sm" c="dimmed">{find(`${step.key}_text`)}</Text>
      </div>
    </li>
  );
}
