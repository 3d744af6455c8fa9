import { useEffect } from 'react';
import { look } from '../kit/theme';
import { useStore } from '../kit/store';
import { rememberedNamespace } from '../kit/theme';

/** The page can be installed as an app under the provider's name, once that is known. */
export function useInstallable(): void {
  const { primary_color: color } = useStore(look);
  useEffect(() => {
    const namespace = rememberedNamespace();
    const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]');
    if (link && namespace) link.href = `/v1/themes/${encodeURIComponent(namespace)}/phone.webmanifest`;
    document.querySelector<HTMLMetaElement>('meta[name=theme-color]')?.setAttribute('content', color);
  }, [color]);
}
