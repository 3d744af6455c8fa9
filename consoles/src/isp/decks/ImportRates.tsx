import { Alert, Button, FileButton, Group, List, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { download } from '../../kit/download';
import { useI18n } from '../../kit/i18n';
import { DiffView } from './DiffView';
import { compareRates, isChange, mergeRates, MOST_RATES, readRates, SAMPLE, type Rate, type RateFault } from './rates';

const SHOWN = 50;

interface Props {
  present: Rate[];
  currency: string;
  saving: boolean;
  onSave: (rates: Rate[]) => void;
}

/** A file is looked at as a whole: a wrong row names its line, and until there is none nothing can be saved. */
export function ImportRates({ present, currency, saving, onSave }: Props) {
  const { t } = useI18n();
  const [text, setText] = useState('');
  const [mode, setMode] = useState('replace');
  const deferred = useDeferredValue(text);
  const read = useMemo(() => readRates(deferred), [deferred]);
  const after = useMemo(() => (mode === 'replace' ? read.rates : mergeRates(present, read.rates)), [mode, present, read]);
  const diff = useMemo(() => compareRates(present, after), [present, after]);
  const begun = deferred.trim() !== '';
  const right = begun && read.faults.length === 0;
  const tooMany = after.length > MOST_RATES;
  const choose = (file: File | null) => void file?.text().then(setText);
  return (
    <Stack>
      <Text size="sm">{t('rates.import_text')}</Text>
      <Group gap="xs">
        <FileButton accept=".csv,text/csv,text/plain" onChange={choose}>{(props) => <Button variant="default" {...props}>{t('rates.choose_file')}</Button>}</FileButton>
        <Button variant="default" onClick={() => download('rates-template.csv', SAMPLE)}>{t('rates.template')}</Button>
      </Group>
      <Textarea label={t('rates.paste')} value={text} onChange={(event) => setText(event.currentTarget.value)} autosize minRows={4} maxRows={12}
        spellCheck={false} classNames={{ input: 'mono' }} />
      <SegmentedControl value={mode} onChange={setMode} aria-label={t('rates.mode')}
        data={[{ value: 'replace', label: t('rates.replace') }, { value: 'merge', label: t('rates.merge') }]} />
      {begun && read.faults.length > 0 && <Faults faults={read.faults} />}
      {tooMany && right && <Alert color="red" role="alert">{t('rates.too_many', { value: MOST_RATES })}</Alert>}
      {right && <DiffView diff={diff} currency={currency} />}
      <Button disabled={!right || tooMany || !isChange(diff)} loading={saving} onClick={() => onSave(after)}>{t('rates.save', { n: after.length })}</Button>
    </Stack>
  );
}

function Faults({ faults }: { faults: RateFault[] }) {
  const { t } = useI18n();
  return (
    <Alert color="red" role="alert" title={t('rates.faults', { n: faults.length })}>
      <List size="sm" spacing={2}>
        {faults.slice(0, SHOWN).map(({ line, key, value }, place) => (
          <List.Item key={place}><b>{t('rates.line', { n: line })}</b> {t(key, { value })}</List.Item>
        ))}
      </List>
      {faults.length > SHOWN && <Text size="sm" mt="xs">{t('rates.and_more', { n: faults.length - SHOWN })}</Text>}
    </Alert>
  );
}
