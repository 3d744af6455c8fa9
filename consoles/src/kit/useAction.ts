import type { UseFormReturnType } from '@mantine/form';
import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import { Problem } from './problem';
import type { Fields } from './formContext';

/** Sends a form; what the API finds wrong with a field is said at the field. */
export function useAction<T>(
  form: UseFormReturnType<Fields>,
  act: (values: Fields) => Promise<T>,
  onSuccess: (result: T) => unknown,
): UseMutationResult<T, Error, Fields> {
  return useMutation({
    mutationFn: act,
    onSuccess,
    onError: (error) => {
      if (error instanceof Problem) form.setErrors(error.fields);
    },
  });
}
