import { Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { api, send, sessionHeaders, take, type Schemas } from '../../kit/api';
import { FieldNumber, FieldSelect } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { startSession } from '../../kit/session';
import { applyLook } from '../../kit/theme';
import { say } from '../../kit/undo';
import { ActionForm } from '../../kit/ActionForm';
import { meQuery } from '../../kit/me';
import { countries, timeZones } from '../../kit/places';
import { ThemeFields } from '../ThemeFields';

export function Settings() {
  const { t } = useI18n();
  const isp = useQuery({ queryKey: ['isp'], queryFn: () => take(api.GET('/v1/isp')) });
  const theme = useQuery({ queryKey: ['theme'], queryFn: () => take(api.GET('/v1/isp/theme')) });
  return (
    <Stack maw={640} gap="xl">
      <Title order={1} size="h2">{t('settings.title')}</Title>
      <Part title={t('settings.company')}>{isp.data ? <Company key={isp.data.version} isp={isp.data} /> : <Skeleton height={200} />}</Part>
      <Part title={t('settings.theme')}>{theme.data ? <Theme key={theme.data.version} theme={theme.data} /> : <Skeleton height={200} />}</Part>
      <Part title={t('settings.password')}><OwnPassword /></Part>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return <section><Title order={2} size="h4" mb="sm">{title}</Title>{children}</section>;
}

function useSaved() {
  const { t } = useI18n();
  const queries = useQueryClient();
  return async (...keys: string[]) => {
    say(t('kit.saved'));
    await Promise.all(keys.map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
}

function Company({ isp }: { isp: Schemas['IspView'] }) {
  const { t, language } = useI18n();
  const saved = useSaved();
  const options = useMemo(() => ({ countries: countries(language), zones: timeZones() }), [language]);
  const { company, country, time_zone, cdr_retention_days } = isp;
  return (
    <ActionForm schema="IspPatch" values={{ company, country, time_zone, cdr_retention_days }} button={t('kit.save')}
      act={(body) => send('PATCH', '/v1/isp', { body, version: isp.version })} onSuccess={() => saved('isp', meQuery.queryKey[0] ?? '')}>
      <Text size="sm" c="dimmed">{t('settings.fixed', { namespace: isp.namespace, currency: isp.currency })}</Text>
      <FieldText name="company" required />
      <FieldSelect name="country" options={options.countries} required />
      <FieldSelect name="time_zone" options={options.zones} required />
      <FieldNumber name="cdr_retention_days" required />
    </ActionForm>
  );
}

function Theme({ theme }: { theme: Schemas['ThemeView'] }) {
  const { t } = useI18n();
  const saved = useSaved();
  const show = async (found: Schemas['ThemeView']) => {
    applyLook(found);
    await saved('theme');
  };
  return (
    <ActionForm schema="ThemeBody" values={{ primary_color: theme.primary_color, logo: undefined }} button={t('kit.save')} onSuccess={show}
      act={(body) => send<Schemas['ThemeView']>('PUT', '/v1/isp/theme', { body: { ...body, accent_color: body.primary_color }, version: theme.version })}>
      <ThemeFields present={theme.logo_url} />
    </ActionForm>
  );
}

function OwnPassword() {
  const { t } = useI18n();
  const saved = useSaved();
  return (
    <ActionForm schema="PasswordChangeBody" values={{ current_password: '', new_password: '' }} button={t('settings.change_password')}
      act={(body) => take(api.PUT('/v1/me/password', { body: body as never, ...sessionHeaders }))}
      onSuccess={async (tokens) => {
        startSession(tokens);
        await saved();
      }}>
      <FieldText name="current_password" type="password" autoComplete="current-password" required />
      <FieldText name="new_password" type="password" autoComplete="new-password" required />
    </ActionForm>
  );
}
