import { useEffect, useState } from "preact/hooks";
import { messageOf, revision } from "../data/api";

export interface RequestState<T> {
  value: T | null;
  error: string;
  busy: boolean;
}

// Sends a request when one of `inputs` changes and when the server comes back; a newer request cancels an older one.
// The last value stays while the next one loads, so that lists do not flicker. `null`: nothing to request.
export function useRequest<T>(send: ((signal: AbortSignal) => Promise<T>) | null, inputs: unknown[], delay = 0): RequestState<T> {
  const [state, set] = useState<RequestState<T>>({ value: null, error: "", busy: send !== null });
  useEffect(() => {
    if (!send) {
      set({ value: null, error: "", busy: false });
      return;
    }
    const control = new AbortController();
    set((before) => ({ ...before, busy: true }));
    const timer = setTimeout(() => {
      send(control.signal).then(
        (value) => !control.signal.aborted && set({ value, error: "", busy: false }),
        (error) => !control.signal.aborted && set((before) => ({ ...before, error: messageOf(error), busy: false })),
      );
    }, delay);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [...inputs, revision.value]);
  return state;
}
