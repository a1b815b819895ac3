// What components ask a server for, answered from the document of a map page. Stands in for data/api.ts in pages.
import { signal } from "@preact/signals";
import { page, searchArtists, searchSongs, songOf } from "./catalogue";

export const revision = signal(0); // no server that could come back

const kAnswers: Record<string, (query: URLSearchParams) => unknown[]> = {
  "/v1/songs": (query) =>
    query.has("rows") ? query.get("rows")!.split(",").map((row) => songOf(Number(row))) : searchSongs(query.get("q") ?? "", Number(query.get("limit"))),
  "/v1/artists": (query) => searchArtists(query.get("q") ?? "", Number(query.get("limit"))),
  "/v1/map/contours": () => page.contours,
};

export async function get<T>(address: string): Promise<T> {
  const [path, query] = address.split("?");
  return { items: kAnswers[path](new URLSearchParams(query)) } as T;
}

export const messageOf = (error: unknown) => (error as Error).message;
export const path = encodeURIComponent;
