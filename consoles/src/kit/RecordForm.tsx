import { Alert, Button, Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { send } from './api';
import { Conflict } from './Conflict';
import { FormFields, useRecordForm, type Fields, type RecordForm } from './formContext';
import { useI18n } from './i18n';
import { Problem } from './problem';
import { changesBetween, formValues, type RecordView, type Resource } from './resource';
import { offerUndo, say } from './undo';
import { useProblemText } from './useProblemText';

interface Props<V extends RecordView> {
  resource: Resource;
  record: V | null;
  fields: (form: RecordForm, record: V | null) => ReactNode;
  readOnly?: boolean;
  onDone: () => void;
  onSaved: (saved: V) => void;
}

/** Makes or changes a record; what was typed stays until it has been saved. */
export function RecordForm<V extends RecordView>({ resource, record, fields, readOnly = false, onDone, onSaved }: Props<V>) {
  const { t } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const [base, setBase] = useState<V | null>(record);
  const [theirs, setTheirs] = useState<V | null>(null);
  const form = useRecordForm(resource.schema, formValues(resource, record));
  const refresh = () => queries.invalidateQueries({ queryKey: [resource.path] });

  const save = useMutation({
    mutationFn: (on: V | null) => store(resource, on, form.getValues()),
    onSuccess: async (saved) => {
      await refresh();
      say(t('kit.saved'));
      onSaved(saved);
    },
    onError: async (error) => {
      if (!(error instanceof Problem)) return;
      form.setErrors(error.fields);
      if (error.code === 'version_conflict' && base) setTheirs(await send<V>('GET', `${resource.path}/${base.id}`));
    },
  });
  const settle = (values: Fields | null) => {
    setBase(theirs);
    setTheirs(null);
    save.reset();
    if (values) form.setValues(values);
    else save.mutate(theirs);
  };

  return (
    <form noValidate onSubmit={form.onSubmit(() => save.mutate(base))}>
      <FormFields form={form}>
        <Stack>
          {fields(form, base)}
          {theirs && (
            <Conflict mine={form.getValues()} theirs={formValues(resource, theirs)} onMine={() => settle(null)}
              onTheirs={() => settle(formValues(resource, theirs))} />
          )}
          {save.error && !theirs && <Alert color="red" role="alert">{tell(save.error)}</Alert>}
          <Group justify="space-between" className="actions">
            <Group gap="xs">
              {!readOnly && <Button type="submit" loading={save.isPending} disabled={theirs !== null}>{t(record ? 'kit.save' : 'kit.create')}</Button>}
              <Button variant="default" onClick={onDone}>{t('kit.cancel')}</Button>
            </Group>
            {base && <Remove resource={resource} record={base} onDone={onDone} />}
          </Group>
        </Stack>
      </FormFields>
    </form>
  );
}

function store<V extends RecordView>(resource: Resource, record: V | null, values: Fields): Promise<V> {
  if (!record) return send<V>('POST', resource.path, { body: values });
  const body = changesBetween(formValues(resource, record), values, resource.fixed);
  return send<V>('PATCH', `${resource.path}/${record.id}`, { body, version: record.version });
}

function Remove({ resource, record, onDone }: { resource: Resource; record: RecordView; onDone: () => void }) {
  const { t } = useI18n();
  const tell = useProblemText();
  const queries = useQueryClient();
  const path = `${resource.path}/${record.id}`;
  const refresh = () => queries.invalidateQueries({ queryKey: [resource.path] });
  const remove = useMutation({
    mutationFn: () => send('DELETE', path),
    onSuccess: async () => {
      onDone();
      await refresh();
      const restore = () => send('POST', `${path}/restore`).then(refresh, (error: unknown) => say(tell(error), 'red'));
      offerUndo({ text: t('kit.deleted'), undo: t('kit.undo'), onUndo: restore });
    },
    onError: (error) => say(tell(error), 'red'),
  });
  return <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>{t('kit.delete')}</Button>;
}
