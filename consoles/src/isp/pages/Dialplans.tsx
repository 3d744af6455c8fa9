import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, take, type Schemas } from '../../kit/api';
import { FieldText } from '../../kit/FieldText';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import type { Resource } from '../../kit/resource';
import { Rules } from '../dialplans/Rules';
import { RuleTester } from '../dialplans/RuleTester';

const DIALPLANS: Resource = { path: '/v1/dialplans', noun: 'dialplan', schema: 'DialplanCreateBody', fixed: ['preset'] };

export function Dialplans() {
  const { t } = useI18n();
  return (
    <ListPage<Schemas['DialplanView']> resource={DIALPLANS} size={860}
      columns={[
        { title: t('f.name'), cell: (row) => row.name },
        { title: t('f.country_code'), cell: (row) => (row.country_code ? `+${row.country_code}` : '') },
        { title: t('f.rules'), cell: (row) => row.rules.length },
      ]}
      fields={(form, record) => (
        <>
          {!record && <Preset form={form} />}
          <FieldText name="name" help="dialplan_name" required />
          <FieldText name="country_code" />
          <RuleTester form={form} />
          <Rules form={form} />
        </>
      )} />
  );
}

/** Fills the form with a country's rules; what is saved is what is seen. */
function Preset({ form }: { form: RecordForm }) {
  const { t } = useI18n();
  const { data } = useQuery({ queryKey: ['dialplan-presets'], queryFn: () => take(api.GET('/v1/dialplan-presets')), staleTime: Infinity });
  const choose = (name: string | null) => {
    const preset = data?.items.find((one) => one.name === name);
    if (preset) form.setValues({ name: preset.title, country_code: preset.country_code, rules: structuredClone(preset.rules) });
  };
  return (
    <Select label={t('dialplan.preset')} description={t('dialplan.preset_text')} searchable limit={100} onChange={choose}
      data={data?.items.map((one) => ({ value: one.name, label: one.title })) ?? []} />
  );
}
