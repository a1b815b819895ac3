// Songs of the music server that this server names, by the Subsonic API (1.16.1) and OpenSubsonic's keys. The listener
// signs in there; nothing of that is sent to this server.
import { computed, signal } from "@preact/signals";
import { get } from "./api";
import { fold } from "./fold";
import { links } from "./links";
import { md5 } from "./md5";
import type { FoundSong, Song } from "./types";

// How requests say who asks. A token is the MD5 of the password with this salt, so the password is not kept.
type Account = { u: string; t: string; s: string } | { apiKey: string };

// An account belongs to the server that it was signed in to, and is shown to no other.
interface Kept {
  server: string;
  who: Account;
}

const kKey = "segue-subsonic";
const kSearched = 20; // songs looked at in a search

const signedIn = signal<Kept | null>(kept());
export const account = computed(() => (signedIn.value?.server === links.value.subsonic ? signedIn.value.who : null));

// What failed, as a sentence.
export class SubsonicError extends Error {}

export const serverName = () => new URL(links.value.subsonic).host;

function kept(): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(kKey) ?? "null") as Kept | null;
  } catch {
    return null; // storage is disabled
  }
}

function keep(one: Kept | null) {
  try {
    if (one) localStorage.setItem(kKey, JSON.stringify(one));
    else localStorage.removeItem(kKey);
  } catch {
    // storage is disabled: it lasts until the page closes
  }
}

function addressOf(who: Account, method: string, query: Record<string, string>): string {
  return `${links.value.subsonic}/rest/${method}.view?${new URLSearchParams({ ...who, v: "1.16.1", c: "segue", f: "json", ...query })}`;
}

// Of the errors of the API, those that a listener can do something about.
const kReasons: Record<number, string> = {
  40: "does not accept this user and password",
  41: "takes no password from this user: leave the user empty and enter an API key",
  42: "takes no sign-in of this kind: leave the user empty and enter an API key",
  44: "does not accept this API key",
  50: "does not let this user play music",
};

interface Answer {
  status?: string;
  error?: { code: number; message?: string };
  searchResult3?: { song?: { id: string; title: string; artist?: string; displayArtist?: string }[] };
}

async function ask(who: Account, method: string, query: Record<string, string> = {}): Promise<Answer> {
  let reply: Response;
  try {
    reply = await fetch(addressOf(who, method, query), { credentials: "omit", referrerPolicy: "no-referrer" });
  } catch {
    throw new SubsonicError(`${serverName()} did not answer, or does not allow other pages to ask it (CORS).`);
  }
  let answer: Answer | undefined;
  try {
    answer = (await reply.json())["subsonic-response"];
  } catch {
    // not JSON: not such a server
  }
  if (!answer?.status) throw new SubsonicError(`${serverName()} answered ${reply.status}, not as a server with the Subsonic API does.`);
  if (answer.status === "ok") return answer;
  const { code = 0, message = "" } = answer.error ?? {};
  throw new SubsonicError(`${serverName()} ${kReasons[code] ?? `refused: ${message || `error ${code}`}`}.`);
}

// With an empty user, `secret` is an API key.
export async function signIn(user: string, secret: string, remember: boolean) {
  const s = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const who: Account = user ? { u: user, t: md5(secret + s), s } : { apiKey: secret };
  await ask(who, "ping");
  const one = { server: links.value.subsonic, who };
  keep(remember ? one : null);
  signedIn.value = one;
}

export function signOut() {
  keep(null);
  signedIn.value = null;
}

// The ids of songs at the music server that the library of this server knows, by row.
async function knownItems(songs: Song[]): Promise<Map<number, string>> {
  const { items } = await get<{ items: FoundSong[] }>(`/v1/songs?rows=${songs.map((song) => song.row).join(",")}`);
  return new Map(items.flatMap(({ row, item }) => (item ? [[row, item] as const] : [])));
}

// A title as most servers have it, without what distinguishes editions.
const plain = (title: string) => fold(title.replace(/\s+[-–(\[].*$/, "")) || fold(title);

async function searchFor(who: Account, song: Song): Promise<string | null> {
  const artist = song.artist.split(",")[0];
  const [title, by] = [fold(song.title), fold(artist)];
  if (title === "" || by === "") return null;
  // Some servers search titles only.
  for (const query of [`${song.title} ${artist}`, song.title]) {
    const { searchResult3 } = await ask(who, "search3", { query, songCount: String(kSearched), artistCount: "0", albumCount: "0" });
    const theirs = (searchResult3?.song ?? []).filter((one) => ` ${fold(one.artist ?? one.displayArtist ?? "")} `.includes(` ${by} `));
    const found = theirs.find((one) => fold(one.title) === title) ?? theirs.find((one) => plain(one.title) === plain(song.title));
    if (found) return found.id;
  }
  return null;
}

// The address of the music of each song that is there, in the order of `songs`.
export async function streamsOf(songs: Song[]): Promise<Map<Song, string>> {
  const who = account.value;
  if (!who) throw new SubsonicError(`Sign in to ${serverName()} first.`);
  const known = await knownItems(songs);
  const ids = new Map<Song, string>();
  const missing = songs.filter((song) => !known.has(song.row));
  const kAtOnce = 4;
  for (let i = 0; i < missing.length; i += kAtOnce) {
    await Promise.all(missing.slice(i, i + kAtOnce).map(async (song) => {
      const id = await searchFor(who, song);
      if (id !== null) ids.set(song, id);
    }));
  }
  const idOf = (song: Song) => known.get(song.row) ?? ids.get(song);
  return new Map(songs.flatMap((song) => {
    const id = idOf(song);
    return id === undefined ? [] : [[song, addressOf(who, "stream", { id })] as const];
  }));
}
