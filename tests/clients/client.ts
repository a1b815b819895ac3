// What a TypeScript program does with the generated types: search, page through a list, read an error.
import createClient from "openapi-fetch";
import type { components, paths } from "./segue.js";

type Song = components["schemas"]["Song"];

export async function use(baseUrl: string, token: string): Promise<string> {
  const client = createClient<paths>({ baseUrl, headers: { Authorization: `Token ${token}` } });

  const found = await client.GET("/v1/songs", { params: { query: { q: "joga" } } });
  if (found.error) throw new Error(found.error.error.message);
  const song: Song | undefined = found.data.items[0];
  if (song === undefined) throw new Error("no song found");

  const near: string[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? { k: 7 } : { k: 7, cursor };
    const page = await client.GET("/v1/songs/{id}/similar", { params: { path: { id: song.id }, query } });
    if (page.error) throw new Error(page.error.error.message);
    near.push(...page.data.items.map((item) => `${item.id} ${item.similarity}`));
    cursor = page.data.next;
  } while (cursor !== undefined);

  const list = await client.POST("/v1/recommendations", { body: { songs: [song.id], k: 3, mode: "any" } });
  if (list.error) throw new Error(list.error.error.message);
  const missing = await client.GET("/v1/songs/{id}", { params: { path: { id: "no such song" } } });
  const code: string | undefined = missing.error?.error.code;
  return JSON.stringify({ song: song.title, near: near.length, list: list.data.items.length, missing: code });
}
