import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { DataTable } from '../../kit/DataTable';
import { Empty } from '../../kit/Empty';
import { useI18n } from '../../kit/i18n';
import { keyOf, type Rate } from './rates';
import { useRateTexts } from './useRateTexts';

const PAGE = 100;

interface Props {
  rates: Rate[];
  /** Of the deck, found or not. */
  total: number;
  currency: string;
  onOpen: (rate: Rate) => void;
  onRemove: (rate: Rate) => void;
  onAdd: () => void;
  onImport: () => void;
}

export function RatesTable({ rates, total, currency, onOpen, onRemove, onAdd, onImport }: Props) {
  const { t } = useI18n();
  const { price, billing, validity } = useRateTexts(currency);
  const [shown, setShown] = useState(PAGE);
  if (total === 0) {
    return (
      <>
        <Empty title={t('rates.empty')} text={t('rates.empty_text')} action={t('rates.import')} onAction={onImport} />
        <Button variant="subtle" mt="xs" onClick={onAdd}>{t('rates.add')}</Button>
      </>
    );
  }
  return (
    <>
      <DataTable label={t('rates.table')} rows={rates.slice(0, shown)} keyOf={keyOf} onOpen={onOpen} columns={[
        { title: t('f.prefix'), cell: (rate) => <span className="mono">{rate.prefix}</span> },
        { title: t('f.description'), cell: (rate) => rate.description },
        { title: t('f.rate_micros'), cell: price },
        { title: t('rates.billing'), cell: billing },
        { title: t('rates.validity'), cell: validity },
        { title: t('kit.actions'), cell: (rate) => (
          <Button size="compact-xs" variant="default" aria-label={`${t('kit.delete')}: ${rate.prefix}`}
            onClick={(event) => {
              event.stopPropagation();
              onRemove(rate);
            }}>{t('kit.delete')}</Button>
        ) },
      ]} />
      {rates.length === 0 && <Text c="dimmed" py="md">{t('kit.nothing_found')}</Text>}
      {rates.length > shown && <Button variant="default" mt="sm" onClick={() => setShown(shown + PAGE)}>{t('kit.more')}</Button>}
    </>
  );
}
