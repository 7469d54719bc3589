import { MediaError, type MediaErrorCode } from '../../../media/index.ts';
import type { ErrorCode } from '../../../shared/contracts/errors.ts';
import { HubError } from '../../platform/errors.ts';

const codes: Record<MediaErrorCode, ErrorCode> = {
  'not-found': 'not-found',
  invalid: 'invalid',
  'room-full': 'room-full',
  limit: 'conflict',
  unavailable: 'call-unavailable',
};

/** Runs a step of the SFU; what it refuses becomes one of the hub's refusals. */
export async function refuseMedia<Result>(step: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (thrown) {
    if (thrown instanceof MediaError) throw new HubError(codes[thrown.code]);
    throw thrown;
  }
}
