import { shared } from '.';
import { isp } from './isp';

export const words = { ...shared, ...isp };
