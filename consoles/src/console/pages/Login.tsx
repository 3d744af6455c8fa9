import { Login as UserLogin } from '../../kit/pages/Login';

export function Login() {
  return <UserLogin role="tenant_admin" />;
}
