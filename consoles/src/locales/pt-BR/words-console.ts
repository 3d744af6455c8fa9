import { shared } from '.';
import { console } from './console';

export const words = { ...shared, ...console };
