import { TextInput } from '@mantine/core';
import { asText, useField } from './formContext';
import type { FieldProps } from './FieldText';

const MINUTE = 16; // characters of "2026-01-31T08:00"

/** An instant in UTC, to the minute; empty is what `empty` says. What an instant has beyond the minute stays unless it is changed. */
export function FieldInstant({ name, help, empty = null, ...rest }: FieldProps & { empty?: string | null }) {
  const { value, texts, onChange, onBlur, error } = useField(name, help);
  const at = Date.parse(asText(value));
  const shown = Number.isNaN(at) || at === 0 ? '' : new Date(at).toISOString().slice(0, MINUTE);
  return (
    <TextInput {...texts} {...rest} type="datetime-local" value={shown} error={error} onBlur={onBlur} autoComplete="off" name={name}
      onChange={(event) => onChange(event.currentTarget.value ? `${event.currentTarget.value}:00Z` : empty)} />
  );
}
