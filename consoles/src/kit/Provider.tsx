import '../styles/kit.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { I18nProvider, type Loaded } from './i18n';
import { Problem } from './problem';
import { useStore } from './store';
import { look, makeTheme, resolveVariables } from './theme';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // a refusal stays one; what didn't reach the API is tried again
      retry: (count, error) => !(error instanceof Problem && error.status < 500) && count < 2,
    },
  },
});

export function Provider({ first, children }: { first: Loaded; children: ReactNode }) {
  const { primary_color: brand } = useStore(look);
  const theme = useMemo(() => makeTheme(brand), [brand]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <I18nProvider first={first}>{children}</I18nProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
