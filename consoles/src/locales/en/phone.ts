export const phone = {
  'phone.title': 'Phone',
};
