import { PasswordInput, TextInput } from '@mantine/core';
import { asText, useField } from './formContext';

export interface FieldProps {
  name: string;
  /** Another explanation than the one of the name. */
  help?: string;
  required?: boolean;
  disabled?: boolean;
}

export function FieldText({ name, help, type = 'text', autoComplete = 'off', ...rest }: FieldProps & { type?: string; autoComplete?: string }) {
  const { value, texts, onChange, onBlur, error } = useField(name, help);
  const shared = { ...texts, ...rest, value: asText(value), error, onBlur, autoComplete, name };
  const change = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  if (type === 'password') return <PasswordInput {...shared} onChange={change} />;
  return <TextInput {...shared} type={type} onChange={change} />;
}
