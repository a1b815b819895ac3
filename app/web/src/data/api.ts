// Requests to the server that served the page, and to no other. Two signals, shown by the banner and the token field,
// say whether it responds and whether it requires a token.
import { signal } from "@preact/signals";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const kTokenKey = "segue-token";
const kRetrySeconds = 2;

export const online = signal(true);
// Incremented when the server comes back or the token changes, so that failed requests are retried.
export const revision = signal(0);
export const tokenWanted = signal(false);
export const token = signal(readToken());

// Whose token it is; "" for a service's or an operator's, and without one.
export const listener = signal("");

export async function loadListener() {
  if (!token.value) {
    listener.value = "";
    return;
  }
  try {
    listener.value = (await get<{ user_name?: string }>("/1/validate-token")).user_name ?? "";
  } catch {
    // The requests of the view report what is wrong.
  }
}

function readToken(): string {
  try {
    return sessionStorage.getItem(kTokenKey) ?? "";
  } catch {
    return ""; // storage is disabled: the token lasts until the page closes
  }
}

export function setToken(text: string) {
  token.value = text.trim();
  try {
    if (token.value) sessionStorage.setItem(kTokenKey, token.value);
    else sessionStorage.removeItem(kTokenKey);
  } catch {
    // as above
  }
  tokenWanted.value = false;
  revision.value++;
}

let retrying = false;
function waitForServer() {
  online.value = false;
  if (retrying) return;
  retrying = true;
  const ask = async () => {
    try {
      await fetch("/health/live", { cache: "no-store" });
      retrying = false;
      online.value = true;
      revision.value++;
    } catch {
      setTimeout(ask, kRetrySeconds * 1000);
    }
  };
  setTimeout(ask, kRetrySeconds * 1000);
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token.value) headers.set("Authorization", `Token ${token.value}`);
  let reply: Response;
  try {
    reply = await fetch(path, { ...init, headers });
  } catch (error) {
    if ((error as Error).name !== "AbortError") waitForServer();
    throw error;
  }
  if (reply.ok) return reply;
  if (reply.status === 401) tokenWanted.value = true;
  let code = "failed";
  let message = `${reply.status} ${reply.statusText}`;
  try {
    const { error } = await reply.json();
    code = error.code ?? code;
    message = error.message ?? (typeof error === "string" ? error : message);
  } catch {
    // not JSON: fall back to the status line
  }
  throw new ApiError(reply.status, code, message);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask(path, { signal })).json();
}

export async function getBytes(path: string): Promise<ArrayBuffer> {
  return (await ask(path, {})).arrayBuffer();
}

export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const init = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, signal };
  return (await ask(path, init)).json();
}

// The message to show; "" for a request that a newer one cancelled.
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  const { name, message } = error as Error;
  if (name === "AbortError") return "";
  return name === "TypeError" ? "The server did not respond." : message; // fetch() fails with TypeError
}

export const path = encodeURIComponent;
