import { MultiSelect, NumberInput, Select, Switch, TagsInput, Textarea } from '@mantine/core';
import type { FieldProps } from './FieldText';
import { asText, useField } from './formContext';

export interface Option {
  value: string;
  label: string;
}

export function FieldLongText({ name, help, ...rest }: FieldProps) {
  const { value, texts, onChange, onBlur, error } = useField(name, help);
  return (
    <Textarea {...texts} {...rest} value={asText(value)} error={error} onBlur={onBlur} autosize minRows={2}
      onChange={(event) => onChange(event.currentTarget.value)} />
  );
}

/** Empty is null where the schema allows it. */
export function FieldNumber({ name, help, ...rest }: FieldProps) {
  const { value, texts, onChange, onBlur, error } = useField(name, help);
  return (
    <NumberInput {...texts} {...rest} value={typeof value === 'number' ? value : ''} error={error} onBlur={onBlur}
      allowDecimal={false} hideControls onChange={(next) => onChange(next === '' ? null : Number(next))} />
  );
}

/** Shown in the currency, held in millionths of it. */
export function FieldMoney({ name, help, currency, ...rest }: FieldProps & { currency: string }) {
  const { value, texts, onChange, onBlur, error } = useField(name, help);
  return (
    <NumberInput {...texts} {...rest} value={typeof value === 'number' ? value / 1e6 : ''} error={error} onBlur={onBlur}
      decimalScale={6} hideControls rightSection={<span className="unit">{currency}</span>} rightSectionWidth={52}
      onChange={(next) => onChange(next === '' ? null : Math.round(Number(next) * 1e6))} />
  );
}

export function FieldSwitch({ name, help, ...rest }: FieldProps) {
  const { value, texts, onChange } = useField(name, help);
  return <Switch {...texts} {...rest} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
}

export function FieldSelect({ name, help, options, ...rest }: FieldProps & { options: Option[] }) {
  const { value, texts, onChange, onBlur, error } = useField(name, help);
  return (
    <Select {...texts} {...rest} data={options} value={asText(value)} error={error} onBlur={onBlur} searchable={options.length > 8}
      allowDeselect={false} limit={300} onChange={(next) => onChange(next ?? '')} />
  );
}

export function FieldChoices({ name, help, options, ...rest }: FieldProps & { options: Option[] }) {
  const { value, texts, onChange, onBlur, error } = useField(name, help);
  return (
    <MultiSelect {...texts} {...rest} data={options} value={(value ?? []) as string[]} error={error} onBlur={onBlur} searchable
      onChange={onChange} />
  );
}

/** Several texts; Enter adds one. */
export function FieldTags({ name, help, ...rest }: FieldProps) {
  const { value, texts, onChange, onBlur, error } = useField(name, help);
  return <TagsInput {...texts} {...rest} value={(value ?? []) as string[]} error={error} onBlur={onBlur} onChange={onChange} />;
}
