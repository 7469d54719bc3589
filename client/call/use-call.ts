import { useSyncExternalStore } from 'react';
import type { Call } from './call.ts';
import { initialCallState, type CallState } from './call-state.ts';

const never = () => () => {};
const initial = () => initialCallState;

/** The call's state for a view; the initial one while there is no call. */
export function useCall(call: Call | null): CallState {
  return useSyncExternalStore(call ? call.state.subscribe : never, call ? call.state.get : initial);
}
