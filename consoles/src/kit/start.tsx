import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';

export { startConsole } from './mount';
