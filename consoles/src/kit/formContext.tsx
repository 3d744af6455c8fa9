import { useForm, type UseFormReturnType } from '@mantine/form';
import { createContext, useContext, useEffect, type ReactNode } from 'react';
import { useI18n } from './i18n';
import { findFaults, type Fault, type SchemaName } from './rules';

export type Fields = Record<string, unknown>;
/** Of a form, beyond its schema. */
export type Check = (values: Fields) => Record<string, Fault>;
export type RecordForm = UseFormReturnType<Fields>;

interface Found {
  form: RecordForm;
  prefix: string;
}

const Context = createContext<Found | null>(null);

/** A form that checks itself on blur by the API's schema. What was said of it in another language is taken back. */
export function useRecordForm(schema: SchemaName, initialValues: Fields, check?: Check): RecordForm {
  const { t, language } = useI18n();
  const form = useForm<Fields>({
    initialValues,
    validateInputOnBlur: true,
    validate: (values) =>
      Object.fromEntries(Object.entries({ ...findFaults(schema, values), ...check?.(values) }).map(([path, fault]) => [path, t(...fault)])),
  });
  const { clearErrors } = form;
  useEffect(() => clearErrors(), [language, clearErrors]);
  return form;
}

export function FormFields({ form, prefix = '', children }: { form: RecordForm; prefix?: string; children: ReactNode }) {
  return <Context value={{ form, prefix }}>{children}</Context>;
}

/** The value of a text field; what no text is counts as none. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function useFormFields(): Found {
  const found = useContext(Context);
  if (!found) throw new Error('outside of FormFields');
  return found;
}

interface Bound {
  value: unknown;
  error?: string;
  onChange: (value: unknown) => void;
  onBlur: () => void;
}

/** What an input of this name needs; label and explanation come from the dictionary. */
export function useField(name: string, help?: string) {
  const { form, prefix } = useFormFields();
  const { find } = useI18n();
  const bound = form.getInputProps(prefix + name) as Bound;
  const texts = { label: find(`f.${name}`), description: find(`h.${help ?? name}`) || undefined };
  return { ...bound, texts, error: bound.error };
}
