import { expect, test } from '@jest/globals';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { keepOfSamePatient } from '../../../client/connection/keep-of-same-patient.ts';
import { queryKeyOf } from '../../../client/connection/notice-cache.ts';

test('while more is fetched the former answer is shown, of the same patient only', async () => {
  const cache = new QueryClient();
  const asked = (patientId: string, limit: number) => ({
    queryKey: queryKeyOf('imaging:list', { patientId, limit }),
    queryFn: () => (limit > 50 || patientId !== 'a' ? new Promise<string>(() => undefined) : Promise.resolve('of a')),
    placeholderData: keepOfSamePatient({ patientId, limit }),
  });
  const observer = new QueryObserver<string>(cache, asked('a', 50));
  await new Promise<void>((resolve) => {
    observer.subscribe(({ data }) => data !== undefined && resolve());
  });
  observer.setOptions(asked('a', 100));
  expect(observer.getCurrentResult()).toMatchObject({ data: 'of a', isPlaceholderData: true });
  observer.setOptions(asked('b', 100));
  expect(observer.getCurrentResult().data).toBeUndefined();
  observer.destroy();
  cache.clear();
});
