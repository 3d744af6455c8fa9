import { Alert, Button, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { FormFields, useRecordForm, type Check, type Fields, type RecordForm } from './formContext';
import type { SchemaName } from './rules';
import { useProblemText } from './useProblemText';
import { useAction } from './useAction';

interface Props<T> {
  schema: SchemaName;
  values: Fields;
  button: string;
  act: (values: Fields) => Promise<T>;
  onSuccess: (result: T) => unknown;
  children: ReactNode | ((form: RecordForm) => ReactNode);
  below?: ReactNode;
  check?: Check;
}

/** A form with one button. */
export function ActionForm<T>({ schema, values, button, act, onSuccess, children, below, check }: Props<T>) {
  const tell = useProblemText();
  const [initial] = useState(values);
  const form = useRecordForm(schema, initial, check);
  const action = useAction(form, act, onSuccess);
  return (
    <form noValidate onSubmit={form.onSubmit((sent) => action.mutate(sent))}>
      <FormFields form={form}>
        <Stack>
          {typeof children === 'function' ? children(form) : children}
          {action.error && <Alert color="red" role="alert">{tell(action.error)}</Alert>}
          <Button type="submit" loading={action.isPending}>{button}</Button>
          {below}
        </Stack>
      </FormFields>
    </form>
  );
}
