import { createTheme, type CSSVariablesResolver, type MantineThemeOverride } from '@mantine/core';
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

/** What another tab of this browser has changed is changed here too. */
window.addEventListener('storage', ({ key, newValue }) => {
  if (key === KEPT_LOOK && newValue) look.set(JSON.parse(newValue) as Look);
});

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
    respectReducedMotion: true,
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  });
}

// Mantine's own dimmed text, placeholders, errors and text of light variants fail WCAG AA on some of its backgrounds.
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#595f66',
    '--mantine-color-placeholder': '#6a7178',
    '--mantine-color-error': '#c0182b',
    '--mantine-color-anchor': 'var(--mantine-color-brand-7)',
    '--mantine-color-brand-light-color': 'var(--mantine-color-brand-8)',
    '--mantine-color-green-light-color': '#14532d',
    '--mantine-color-yellow-light-color': '#6b4200',
    '--mantine-color-red-light-color': '#9c1c2c',
  },
  dark: {
    '--mantine-color-dimmed': '#adb3ba',
    '--mantine-color-placeholder': '#9aa1a8',
    '--mantine-color-error': '#ff9b9b',
    '--mantine-color-anchor': 'var(--mantine-color-brand-3)',
    '--mantine-color-brand-light-color': 'var(--mantine-color-brand-2)',
    '--mantine-color-green-light-color': '#a7e9b8',
    '--mantine-color-yellow-light-color': '#ffdf8a',
    '--mantine-color-red-light-color': '#ffb3b3',
  },
});
