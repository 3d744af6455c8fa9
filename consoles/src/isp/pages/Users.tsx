import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { send, type Schemas } from '../../kit/api';
import { useNames } from '../../kit/FieldReference';
import { FieldChoices, FieldSelect, FieldSwitch } from '../../kit/fields';
import { FieldText } from '../../kit/FieldText';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { ListPage } from '../../kit/ListPage';
import type { Resource } from '../../kit/resource';
import { say } from '../../kit/undo';
import { useProblemText } from '../../kit/useProblemText';
import { Standing } from '../../kit/Standing';

type User = Schemas['UserView'];
const USERS: Resource = { path: '/v1/users', noun: 'user', schema: 'UserBody' };

export function Users() {
  const { t, find, date } = useI18n();
  const tenants = useNames('/v1/tenants');
  const named = (ids: string[]) => ids.map((id) => tenants.find((one) => one.id === id)?.name ?? '').filter(Boolean).join(', ');
  return (
    <ListPage<User> resource={USERS}
      columns={[
        { title: t('f.full_name'), cell: (row) => row.full_name },
        { title: t('f.email'), cell: (row) => row.email },
        { title: t('f.role'), cell: (row) => find(`o.${row.role}`) },
        { title: t('f.tenant_ids'), cell: (row) => named(row.tenant_ids) },
        { title: t('user.last_login'), cell: (row) => (row.last_login_at ? date(row.last_login_at) : t('user.never')) },
        { title: t('kit.state'), cell: (row) => (row.invited ? t('user.invited') : <Standing suspended={row.suspended} />) },
      ]}
      fields={(form, record) => <UserFields form={form} record={record} />}
      extra={(user) => user.invited && <Invite user={user} />} />
  );
}

function UserFields({ form, record }: { form: RecordForm; record: User | null }) {
  const { t } = useI18n();
  const tenants = useNames('/v1/tenants');
  return (
    <>
      <FieldText name="full_name" required />
      <FieldText name="email" help="user_email" type="email" required />
      <FieldSelect name="role" required options={[{ value: 'isp_admin', label: t('o.isp_admin') }, { value: 'tenant_admin', label: t('o.tenant_admin') }]} />
      {form.getValues().role === 'tenant_admin' && (
        <FieldChoices name="tenant_ids" options={tenants.map((one) => ({ value: one.id, label: one.name }))} />
      )}
      {record && <FieldSwitch name="suspended" help="user_suspended" />}
    </>
  );
}

function Invite({ user }: { user: User }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const invite = useMutation({
    mutationFn: () => send('POST', `/v1/users/${user.id}/invitation`),
    onSuccess: () => say(t('user.sent')),
    onError: (error) => say(tell(error), 'red'),
  });
  return <Button variant="default" mt="md" loading={invite.isPending} onClick={() => invite.mutate()}>{t('user.invite_again')}</Button>;
}
