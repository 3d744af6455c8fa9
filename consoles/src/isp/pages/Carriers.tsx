import type { Schemas } from '../../kit/api';
import { FieldSwitch } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import type { Resource } from '../../kit/resource';
import { Gateways } from '../carriers/Gateways';
import { Mark, Standing } from '../../kit/Standing';

const CARRIERS: Resource = { path: '/v1/carriers', noun: 'carrier', schema: 'CarrierBody' };

export function Carriers() {
  const { t } = useI18n();
  return (
    <ListPage<Schemas['CarrierView']> resource={CARRIERS} size={720}
      columns={[
        { title: t('f.name'), cell: (row) => row.name },
        { title: t('f.gateways'), cell: (row) => row.gateways.map((one) => `${one.name} (${one.host}:${one.port})`).join(', ') || <Mark good={false}>{t('carrier.no_gateway')}</Mark> },
        { title: t('kit.state'), cell: (row) => <Standing suspended={row.suspended} /> },
      ]}
      fields={(form, record) => (
        <>
          <FieldText name="name" help="carrier_name" required />
          <Gateways form={form} />
          {record && <FieldSwitch name="suspended" help="carrier_suspended" />}
        </>
      )} />
  );
}
