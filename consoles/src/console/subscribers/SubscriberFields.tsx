import { FieldNumber, FieldSelect, FieldSwitch } from '../../kit/fields';
import { FieldReference } from '../../kit/FieldReference';
import { FieldText } from '../../kit/FieldText';
import { Fold } from '../../kit/Fold';
import type { RecordForm } from '../../kit/formContext';
import { useI18n } from '../../kit/i18n';
import { TENANT } from '../tenant';
import { languages } from './languages';

const RIGHTS = ['area_code', 'caller_id', 'date_range_id'];
const FORWARDS = ['forward_always', 'forward_busy', 'forward_no_answer', 'forward_unreachable', 'dial_timeout_s'];
const PASSWORDS = ['sip_password', 'softphone_password'];

/** Five for a first phone; the rest has values that suit most people. */
export function SubscriberFields({ form, isNew }: { form: RecordForm; isNew: boolean }) {
  const { t, language } = useI18n();
  const spoken = String(form.getValues().language);
  return (
    <>
      <FieldText name="username" help="username" required disabled={!isNew} />
      <FieldText name="alias" />
      <FieldText name="name" help="subscriber_name" />
      <FieldText name="email" help="subscriber_email" type="email" />
      <FieldReference name="security_group_id" path={`${TENANT}/security-groups`} />
      <div>
        <Fold title={t('subscriber.rights')} fields={RIGHTS}>
          <FieldText name="area_code" />
          <FieldText name="caller_id" />
          <FieldReference name="date_range_id" path={`${TENANT}/date-ranges`} />
        </Fold>
        <Fold title={t('subscriber.forwards')} fields={FORWARDS}>
          <FieldText name="forward_always" />
          <FieldText name="forward_busy" />
          <FieldText name="forward_no_answer" />
          <FieldText name="forward_unreachable" />
          <FieldNumber name="dial_timeout_s" />
        </Fold>
        <Fold title={t('subscriber.limits')} fields={['max_calls']}>
          <FieldNumber name="max_calls" />
        </Fold>
        <Fold title={t('subscriber.voicemail')} fields={['voicemail_to_email', 'language']}>
          <FieldSwitch name="voicemail_to_email" />
          <FieldSelect name="language" help="spoken" options={languages(language, spoken)} />
        </Fold>
        <Fold title={t('subscriber.groups')} fields={['call_group', 'pickup_group']}>
          <FieldNumber name="call_group" />
          <FieldNumber name="pickup_group" />
        </Fold>
        {isNew && (
          <Fold title={t('subscriber.own_passwords')} fields={PASSWORDS}>
            <FieldText name="sip_password" type="password" autoComplete="new-password" />
            <FieldText name="softphone_password" type="password" autoComplete="new-password" />
          </Fold>
        )}
      </div>
      {!isNew && <FieldSwitch name="suspended" help="subscriber_suspended" />}
    </>
  );
}
