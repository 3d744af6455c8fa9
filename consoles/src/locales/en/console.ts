export const console = {
  'console.leave': 'Back to the ISP console',
  'console.title': 'Tenant console',
};
