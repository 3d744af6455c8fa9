import { Modal, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type KeyboardEvent } from 'react';
import { useI18n } from '../../kit/i18n';
import './finder.css';
import type { Target } from './rank';
import { useTargets } from './useTargets';

/** Everything by its name: pages, records, things to do (WAI-ARIA's combobox with a list). */
export function Finder({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const { targets, isSearching } = useTargets(typed);
  const active = Math.min(chosen, targets.length - 1);
  const go = (target: Target | undefined) => {
    if (!target) return;
    onClose();
    void navigate({ to: target.to, search: target.search ?? {} });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: targets.length - 1 };
    const next = steps[event.key];
    if (event.key === 'Enter') go(targets[active]);
    else if (next !== undefined && targets.length) setChosen((next + targets.length) % targets.length);
    else return;
    event.preventDefault();
  };
  return (
    <Modal opened onClose={onClose} withCloseButton={false} yOffset="8vh" padding="xs" attributes={{ content: { 'aria-label': t('finder.title') } }}>
      <TextInput role="combobox" aria-label={t('finder.title')} aria-expanded aria-controls="finder-list" aria-autocomplete="list"
        aria-activedescendant={targets[active] ? `finder-${active}` : undefined} placeholder={t('finder.placeholder')} value={typed} data-autofocus autoComplete="off"
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }} onKeyDown={onKeyDown} />
      <ul id="finder-list" role="listbox" aria-label={t('finder.results')} className="finder">
        {targets.map((target, index) => (
          <li key={`${target.kind} ${target.id}`} id={`finder-${index}`} role="option" aria-selected={index === active} ref={index === active ? show : null}
            onPointerMove={() => setChosen(index)} onClick={() => go(target)}>
            <span>{target.label}</span> <span className="kind">{target.kind}</span>
          </li>
        ))}
      </ul>
      <Text size="xs" c="dimmed" px="xs" role="status">{isSearching ? t('finder.searching') : targets.length ? t('finder.keys') : t('kit.nothing_found')}</Text>
    </Modal>
  );
}

function show(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
