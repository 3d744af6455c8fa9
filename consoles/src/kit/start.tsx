import '../generated/mantine.css';
import '@mantine/notifications/styles.css';

export { startConsole } from './mount';
