import { expect, test } from 'vitest';
import { changesBetween, formValues, type Resource } from './resource';

const PLANS: Resource = { path: '/v1/service-plans', noun: 'service_plan', schema: 'ServicePlanCreateBody', fixed: ['currency'] };
const record = { id: 'spl_1', version: 3, name: 'Default', currency: 'USD', payment: 'prepaid', created_at: 'never shown' };

test('a form edits what can be sent and nothing else', () => {
  const values = formValues(PLANS, record);

  expect(values).toMatchObject({ name: 'Default', currency: 'USD', payment: 'prepaid', invoice_day: 1 });
  expect(values).not.toHaveProperty('id');
  expect(values).not.toHaveProperty('created_at');
});

test('only what was changed is sent, and never what is fixed', () => {
  const before = formValues(PLANS, record);

  expect(changesBetween(before, { ...before, name: 'Gold', currency: 'EUR' }, PLANS.fixed)).toEqual({ name: 'Gold' });
});
