import { Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useFormFields } from './formContext';

/** A group of fields that most people leave alone. What is wrong with one of them opens it. */
export function Fold({ title, fields, children }: { title: string; fields: readonly string[]; children: ReactNode }) {
  const { form, prefix } = useFormFields();
  const [opened, setOpened] = useState(false);
  const faulty = fields.some((name) => Boolean(form.errors[prefix + name]));
  return (
    <details open={opened || faulty} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>{title}</summary>
      <Stack py="xs">{children}</Stack>
    </details>
  );
}
