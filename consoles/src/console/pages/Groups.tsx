import type { Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import type { Resource } from '../../kit/resource';
import { useCountries } from '../groups/CountryChoice';
import { GroupFields } from '../groups/GroupFields';
import { TENANT } from '../tenant';

const GROUPS: Resource = { path: `${TENANT}/security-groups`, noun: 'group', schema: 'SecurityGroupBody' };
const SHOWN = 4;

export function Groups() {
  const { t } = useI18n();
  const names = new Map(useCountries().map((one) => [one.country, one.label]));
  const told = (codes: string[]) => {
    const shown = codes.slice(0, SHOWN).map((code) => names.get(code) ?? code).join(', ');
    return codes.length > SHOWN ? t('group.and_more', { names: shown, n: codes.length - SHOWN }) : shown;
  };
  return (
    <ListPage<Schemas['SecurityGroupView']> resource={GROUPS} size={620}
      columns={[
        { title: t('f.name'), cell: (row) => row.name },
        { title: t('f.countries'), cell: (row) => told(row.countries) || t('group.no_country') },
        { title: t('f.prefixes'), cell: (row) => row.prefixes.length },
      ]}
      fields={(form) => <GroupFields form={form} />} />
  );
}
