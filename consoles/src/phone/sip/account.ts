import type { Schemas } from '../../kit/api';

/** Who this phone is, and what it registers with: in memory, never in web storage (ADR 7). */
export type Account = Schemas['PhoneView'];
