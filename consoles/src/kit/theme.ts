import { createTheme, defaultVariantColorsResolver, type CSSVariablesResolver, type MantineThemeOverride } from '@mantine/core';
import { api, take, type Schemas } from './api';
import { makeShades } from './palette';
import { Store } from './store';

export type Look = Pick<Schemas['ThemeView'], 'primary_color' | 'accent_color' | 'logo_url'>;

const NAMESPACE = 'patchbay.namespace';
const KEPT_LOOK = 'patchbay.look';
const PLATFORM: Look = { primary_color: '#1f5fa8', accent_color: '#1f5fa8', logo_url: null };
const PATIENCE_MS = 1500;

export const look = new Store<Look>(PLATFORM);

export function rememberedNamespace(): string {
  return localStorage.getItem(NAMESPACE) ?? '';
}

/** Before the first paint: the look this browser had last, or the namespace's if it answers soon. */
export async function applyFirstLook(): Promise<void> {
  const kept = localStorage.getItem(KEPT_LOOK);
  if (kept) look.set(JSON.parse(kept) as Look);
  const namespace = new URLSearchParams(location.search).get('namespace') ?? rememberedNamespace();
  if (!namespace) return;
  const loaded = applyLookOf(namespace);
  if (!kept) await Promise.race([loaded, new Promise((done) => setTimeout(done, PATIENCE_MS))]);
}

/** The theme is decoration: without it the page shows the last one. */
export function applyLookOf(namespace: string): Promise<void> {
  return take(api.GET('/v1/themes/{namespace}', { params: { path: { namespace } } })).then(
    (found) => {
      localStorage.setItem(NAMESPACE, namespace);
      applyLook(found);
    },
    () => undefined,
  );
}

export function applyLook({ primary_color, accent_color, logo_url }: Look): void {
  const found = { primary_color, accent_color, logo_url };
  localStorage.setItem(KEPT_LOOK, JSON.stringify(found));
  look.set(found);
}

export function makeTheme(brand: string): MantineThemeOverride {
  return createTheme({
    colors: { brand: makeShades(brand) },
    primaryColor: 'brand',
    primaryShade: { light: 6, dark: 6 },
    defaultRadius: 'sm',
    cursorType: 'pointer',
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
    variantColorResolver: (input) => {
      const found = defaultVariantColorsResolver(input);
      const dark = input.color === 'red' && (input.variant === 'light' || input.variant === 'subtle');
      return dark ? { ...found, color: 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-3))' } : found;
    },
  });
}

// Mantine's own dimmed text, placeholders and errors fail WCAG AA on some of its backgrounds.
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#595f66',
    '--mantine-color-placeholder': '#6a7178',
    '--mantine-color-error': '#c0182b',
    '--mantine-color-anchor': 'var(--mantine-color-brand-7)',
  },
  dark: {
    '--mantine-color-dimmed': '#adb3ba',
    '--mantine-color-placeholder': '#9aa1a8',
    '--mantine-color-error': '#ff9b9b',
    '--mantine-color-anchor': 'var(--mantine-color-brand-3)',
  },
});
