import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Schemas } from '../../kit/api';
import { useI18n } from '../../kit/i18n';
import { useStore } from '../../kit/store';
import { account, contactsQuery } from '../engine';
import { Reach } from './Reach';

type Contact = Schemas['ContactView'];

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** With what is to be dialled for a colleague. */
  onChoose: (dialled: string) => void;
  error?: string;
  right?: ReactNode;
}

const PAUSE_MS = 150;
const SHOWN = 6;

/** A field that suggests colleagues while something is typed (WAI-ARIA's combobox with a list). */
export function PeerInput({ label, value, onChange, onChoose, error, right }: Props) {
  const { t } = useI18n();
  const id = useId();
  const [focused, setFocused] = useState(false);
  const [marked, setMarked] = useState(-1);
  const found = useSuggestions(value);
  const open = focused && found.length > 0;
  const choose = (contact: Contact) => {
    setMarked(-1);
    onChoose(contact.alias || contact.username);
  };
  const steer = (event: KeyboardEvent) => {
    const chosen = found[marked];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setMarked((marked + (event.key === 'ArrowDown' ? 1 : found.length) + (marked < 0 && event.key === 'ArrowUp' ? 1 : 0)) % Math.max(1, found.length));
    } else if (event.key === 'Enter' && open && chosen) {
      event.preventDefault();
      choose(chosen);
    } else if (event.key === 'Escape') setFocused(false);
  };
  return (
    <div className="peer">
      <TextInput aria-label={label} placeholder={t('phone.dial_hint')} size="lg" value={value} error={error} autoComplete="off" autoCapitalize="none" spellCheck={false}
        inputMode="text" role="combobox" aria-expanded={open} aria-controls={`${id}-list`} aria-autocomplete="list"
        aria-activedescendant={open && marked >= 0 ? `${id}-${marked}` : undefined} rightSection={right}
        onFocus={() => setFocused(true)} onBlur={() => setFocused(false)} onKeyDown={steer}
        onChange={(event) => {
          setMarked(-1);
          setFocused(true);
          onChange(event.currentTarget.value);
        }} />
      <div role="listbox" id={`${id}-list`} aria-label={t('phone.contacts')} className="suggestions" hidden={!open}>
        {found.map((contact, index) => (
          <div role="option" key={contact.subscriber_id} id={`${id}-${index}`} aria-selected={index === marked} className="suggestion"
            onPointerDown={(event) => event.preventDefault()} onClick={() => choose(contact)}>
            <span className="who">{contact.name}</span>
            <span className="number">{contact.alias || contact.username}</span>
            <Reach reach={contact.reach} />
          </div>
        ))}
      </div>
    </div>
  );
}

function useSuggestions(value: string): Contact[] {
  const [search] = useDebouncedValue(value.trim(), PAUSE_MS);
  const me = useStore(account)?.subscriber_id;
  const query = contactsQuery(search, SHOWN + 1);
  const { data } = useQuery({ ...query, enabled: query.enabled && search !== '' && value.trim() !== '' });
  return value.trim() ? (data?.items ?? []).filter((one) => one.subscriber_id !== me).slice(0, SHOWN) : [];
}
