import { Alert, Button, FileButton, Group, Image, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { asText, useField } from '../kit/formContext';
import { useI18n } from '../kit/i18n';
import { readBase64 } from '../kit/images';
import { contrast, makeShades } from '../kit/palette';

const ENOUGH = 4.5; // WCAG 2.2, 1.4.3
const TYPES = ['image/png', 'image/jpeg', 'image/webp'];
const LOGO_BYTES = 100 * 1024;
const HEX = /^#[0-9a-f]{6}$/i;

/** Colours and logo, shown at once as they will look. */
export function ThemeFields({ present }: { present: string | null }) {
  const { t } = useI18n();
  return (
    <>
      <Color name="primary_color" />
      <Verdict />
      <LogoField present={present} />
      <Text size="xs" c="dimmed">{t('theme.logo_rules')}</Text>
    </>
  );
}

function Color({ name }: { name: string }) {
  const { t } = useI18n();
  const { value, texts, onChange, onBlur, error } = useField(name);
  const hex = asText(value);
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput {...texts} value={hex} error={error} onBlur={onBlur} maxLength={7} flex={1}
        onChange={(event) => onChange(event.currentTarget.value)} />
      <input type="color" className="picker" aria-label={t('theme.pick')} value={HEX.test(hex) ? hex : '#000000'}
        onChange={(event) => onChange(event.currentTarget.value)} />
    </Group>
  );
}

function Verdict() {
  const { t } = useI18n();
  const { value } = useField('primary_color');
  const brand = asText(value);
  if (!HEX.test(brand)) return null;
  const shade = makeShades(brand)[6];
  const own = contrast(brand, '#ffffff');
  const numbers = { own: own.toFixed(1), used: contrast(shade, '#ffffff').toFixed(1) };
  return (
    <Alert color={own >= ENOUGH ? 'green' : 'yellow'} title={t('theme.preview')}>
      <Group gap="sm" mb="xs">
        <Button component="span" color={shade}>{t('theme.sample')}</Button>
        <span className="swatch"><svg width="28" height="28" role="img" aria-label={t('theme.yours')}><rect width="28" height="28" rx="4" fill={brand} /></svg></span>
      </Group>
      <Text size="sm">{t(own >= ENOUGH ? 'theme.enough' : 'theme.adjusted', numbers)}</Text>
    </Alert>
  );
}

function LogoField({ present }: { present: string | null }) {
  const { t } = useI18n();
  const { value, onChange, texts, error } = useField('logo');
  const [refused, setRefused] = useState('');
  const chosen = value as { media_type: string; data: string } | null | undefined;
  const shown = chosen ? `data:${chosen.media_type};base64,${chosen.data}` : chosen === null ? null : present;
  const choose = async (file: File | null) => {
    if (!file) return;
    const fits = TYPES.includes(file.type) && file.size <= LOGO_BYTES;
    setRefused(fits ? '' : t('theme.logo_rules'));
    if (fits) onChange({ media_type: file.type, data: await readBase64(file) });
  };
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>{texts.label}</Text>
      <Group>
        {shown && <Image src={shown} alt={t('theme.logo_alt')} h={40} w="auto" maw={180} fit="contain" />}
        <FileButton accept={TYPES.join(',')} onChange={(file) => void choose(file)}>
          {(props) => <Button variant="default" size="xs" {...props}>{t('theme.choose_logo')}</Button>}
        </FileButton>
        {shown && <Button variant="default" size="xs" onClick={() => onChange(null)}>{t('theme.no_logo')}</Button>}
      </Group>
      {(refused || error) && <Text size="xs" c="var(--mantine-color-error)" role="alert" mt={4}>{refused || error}</Text>}
    </div>
  );
}
