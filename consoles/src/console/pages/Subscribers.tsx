import { Button, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../kit/api';
import { useNames } from '../../kit/FieldReference';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import type { Resource } from '../../kit/resource';
import { Standing } from '../../kit/Standing';
import { asSearch } from '../../kit/useListSearch';
import { NewPasswords, ShownOnce } from '../subscribers/Passwords';
import { SubscriberFields } from '../subscribers/SubscriberFields';
import { TENANT } from '../tenant';

type Subscriber = Schemas['SubscriberView'] & { passwords?: Schemas['PasswordsView'] };
const SUBSCRIBERS: Resource = {
  path: `${TENANT}/subscribers`, noun: 'subscriber', schema: 'NewSubscriberBody', fixed: ['username', 'sip_password', 'softphone_password'],
};

export function Subscribers() {
  const { t } = useI18n();
  const groups = useNames(`${TENANT}/security-groups`);
  const [made, setMade] = useState<Subscriber | null>(null);
  return (
    <>
      <ListPage<Subscriber> resource={SUBSCRIBERS} actions={<Button variant="default" component={Link} to="/subscribers/import">{t('import.title')}</Button>}
        searchHint={t('subscriber.search')} onCreated={setMade}
        columns={[
          { title: t('f.username'), cell: (row) => row.username },
          { title: t('f.name'), cell: (row) => row.name },
          { title: t('f.alias'), cell: (row) => row.alias },
          { title: t('f.security_group_id'), cell: (row) => groups.find((one) => one.id === row.security_group_id)?.name ?? t('subscriber.no_group') },
          { title: t('kit.state'), cell: (row) => <Standing suspended={row.suspended} /> },
        ]}
        fields={(form, record) => <SubscriberFields form={form} isNew={!record} />}
        extra={(subscriber) => (
          <Stack mt="lg">
            <Button variant="light" component={Link} to="/subscribers/setup" search={asSearch({ subscriber: subscriber.id })}>{t('setup.open')}</Button>
            <NewPasswords subscriber={subscriber} />
          </Stack>
        )} />
      {made?.passwords && <ShownOnce subscriber={made} passwords={made.passwords} onClose={() => setMade(null)} />}
    </>
  );
}
