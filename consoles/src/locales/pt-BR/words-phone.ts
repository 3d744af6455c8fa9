import { shared } from '.';
import { phone } from './phone';

export const words = { ...shared, ...phone };
