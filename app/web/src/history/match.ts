// Matches songs of a history with the server's catalogue, in one request. Only artists and titles are sent.
import { post } from "../data/api";
import { remember } from "../data/songs";
import type { MatchedSongs, Song } from "../data/types";
import type { Heard } from "./parse";

export async function matchHistory(heard: Heard[]): Promise<(Song | null)[]> {
  const { items } = await post<MatchedSongs>("/v1/match", { songs: heard.map(({ artist, title }) => ({ artist, title })) });
  remember(items.filter((song) => song !== null));
  return items;
}
