import { useEffect, useState } from "preact/hooks";
import { messageOf, revision } from "../data/api";

export interface Asked<T> {
  value: T | null;
  error: string;
  busy: boolean;
}

// Asks anew when one of `inputs` changes, and when the server is back; a newer question ends an older one. The last value
// stays while the next is on its way, so that lists do not flicker. `null`: nothing to ask.
export function useAsked<T>(ask: ((signal: AbortSignal) => Promise<T>) | null, inputs: unknown[], delay = 0): Asked<T> {
  const [asked, set] = useState<Asked<T>>({ value: null, error: "", busy: ask !== null });
  useEffect(() => {
    if (!ask) {
      set({ value: null, error: "", busy: false });
      return;
    }
    const control = new AbortController();
    set((before) => ({ ...before, busy: true }));
    const timer = setTimeout(() => {
      ask(control.signal).then(
        (value) => !control.signal.aborted && set({ value, error: "", busy: false }),
        (error) => !control.signal.aborted && set((before) => ({ ...before, error: messageOf(error), busy: false })),
      );
    }, delay);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [...inputs, revision.value]);
  return asked;
}
