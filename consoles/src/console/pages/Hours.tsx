import { Alert, Button, Group } from '@mantine/core';
import type { Schemas } from '../../kit/api';
import { FieldSelect } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import { ownTimeZone, timeZones } from '../../kit/places';
import type { Resource } from '../../kit/resource';
import { Mark } from '../../kit/Standing';
import { Exceptions } from '../hours/Exceptions';
import { OpenNow } from '../hours/OpenNow';
import { isWeekly, type Rule } from '../hours/week';
import { WeekGrid } from '../hours/WeekGrid';
import { TENANT } from '../tenant';

const HOURS: Resource = { path: `${TENANT}/date-ranges`, noun: 'hours', schema: 'DateRangeBody' };
const OFFICE: Rule = { weekdays: [1, 2, 3, 4, 5], dates: [], start_minute: 540, end_minute: 1080, closed: false };

export function Hours() {
  const { t } = useI18n();
  return (
    <ListPage<Schemas['DateRangeView']> resource={HOURS} size={720}
      columns={[
        { title: t('f.name'), cell: (row) => row.name },
        { title: t('f.time_zone'), cell: (row) => row.time_zone },
        { title: t('hours.now'), cell: (row) => <Mark good={row.open_now}>{t(row.open_now ? 'hours.open' : 'hours.closed')}</Mark> },
      ]}
      fields={(form, record) => <Fields form={form} isNew={!record} />} />
  );
}

function Fields({ form, isNew }: { form: RecordForm; isNew: boolean }) {
  const { t } = useI18n();
  const rules = form.getValues().rules as Rule[];
  const begin = () => form.setValues({ rules: [OFFICE], time_zone: form.getValues().time_zone || ownTimeZone() });
  return (
    <>
      <FieldText name="name" help="hours_name" required />
      <FieldSelect name="time_zone" help="hours_zone" options={timeZones()} required />
      {isNew && rules.length === 0 && <Group><Button variant="light" size="xs" onClick={begin}>{t('hours.begin')}</Button></Group>}
      <OpenNow form={form} />
      <WeekGrid form={form} />
      {rules.length > 0 && !rules.some((rule) => !rule.closed) && <Alert color="yellow">{t('hours.only_closed')}</Alert>}
      {rules.some((rule) => !isWeekly(rule)) || rules.length > 0 ? <Exceptions form={form} /> : null}
    </>
  );
}
