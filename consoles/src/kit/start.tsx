import '../generated/mantine.css';
import '@mantine/notifications/styles.css';
import { Notifications } from '@mantine/notifications';
import { RouterProvider, type AnyRouter } from '@tanstack/react-router';
import type { Words } from './i18n';
import { mount } from './mount';

/** A console with pages and messages. */
export function startConsole(words: Words, router: AnyRouter): Promise<void> {
  return mount(
    words,
    <>
      <Notifications position="top-center" />
      <RouterProvider router={router} />
    </>,
  );
}
