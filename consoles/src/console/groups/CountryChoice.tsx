import { ActionIcon, Badge, Group, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, take, type Schemas } from '../../kit/api';
import { useField } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';

type Country = Schemas['CountryView'];

interface Named extends Country {
  label: string;
}

/** All that can be picked, by name in the language. */
export function useCountries(): Named[] {
  const { language, find } = useI18n();
  const { data } = useQuery({ queryKey: ['countries'], queryFn: () => take(api.GET('/v1/countries')), staleTime: Infinity });
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  const label = ({ country, name }: Country) => find(`country.${country}`) || (country.length === 2 ? names.of(country) : '') || name;
  return (data?.items ?? []).map((one) => ({ ...one, label: label(one) })).sort((one, other) => one.label.localeCompare(other.label, language));
}

/** `counts`: how many prefixes each chosen one adds, once that is known. */
export function CountryChoice({ counts }: { counts: ReadonlyMap<string, number> }) {
  const { t } = useI18n();
  const { value, onChange, error } = useField('countries');
  const countries = useCountries();
  const chosen = (value ?? []) as string[];
  const known = new Map(countries.map((one) => [one.country, one]));
  const add = (country: string | null) => {
    if (country) onChange([...chosen, country]);
  };
  return (
    <Stack gap="xs">
      <Select key={chosen.length} label={t('group.add_country')} description={t('group.add_country_text')} searchable limit={300} error={error} value={null} onChange={add}
        nothingFoundMessage={t('kit.nothing_found')} data={countries.filter((one) => !chosen.includes(one.country)).map((one) => ({ value: one.country, label: one.label }))}
        renderOption={({ option }) => <CountryLine country={known.get(option.value)} name={option.label} />} />
      <Stack component="ul" gap={4} p={0} m={0} className="steps" aria-label={t('f.countries')}>
        {chosen.map((code) => {
          const name = known.get(code)?.label ?? code;
          const count = counts.get(code);
          return (
            <Group key={code} component="li" justify="space-between" wrap="nowrap" className="card tight">
              <CountryLine country={known.get(code)} name={name} />
              <Group gap="xs" wrap="nowrap">
                <Text size="sm" c="dimmed" className="nowrap">{count === undefined ? '' : t('group.prefixes', { n: count })}</Text>
                <ActionIcon variant="default" aria-label={t('group.remove', { name })} onClick={() => onChange(chosen.filter((one) => one !== code))}>×</ActionIcon>
              </Group>
            </Group>
          );
        })}
      </Stack>
      {chosen.some((code) => known.get(code)?.fraud_risk) && <Text size="sm" c="dimmed">{t('group.fraud_text')}</Text>}
      {chosen.includes('US') && !chosen.includes('US-TOLLFREE') && <Text size="sm" c="dimmed">{t('group.usa_text')}</Text>}
    </Stack>
  );
}

function CountryLine({ country, name }: { country: Country | undefined; name: string }) {
  const { t } = useI18n();
  return (
    <Group gap="xs">
      <Text size="sm">{name}</Text>
      <Text size="sm" c="dimmed">{country && `+${country.calling_code}`}</Text>
      {country?.fraud_risk && <Badge variant="outline" radius="sm" className="mark bad">{t('group.fraud')}</Badge>}
    </Group>
  );
}
