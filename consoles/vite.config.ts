import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // from these on there is light-dark(), which isn't to be rewritten
    manifest: true,
    assetsInlineLimit: 0, // a strict Content-Security-Policy has no data: for scripts and fonts
    rolldownOptions: { input: { isp: 'isp/index.html', console: 'console/index.html', phone: 'phone/index.html' } },
  },
  test: { environment: 'node', setupFiles: ['vitest.setup.ts'], include: ['src/**/*.test.ts'] },
});
