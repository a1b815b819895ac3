// For an operator: a user's recent listens, the recommendations they would get, and the reasons. For a listener, by their
// own token: the same of themselves.
import { useEffect, useState } from "preact/hooks";
import { get, listener, path } from "../data/api";
import { map, placeOf, toMap } from "../data/map";
import { remember } from "../data/songs";
import { state, update } from "../data/state";
import type { History, HistoryListen, Recommendations } from "../data/types";
import { stage } from "../map/canvas";
import { kNothing, scene, type Mark } from "../map/scene";
import { Problem } from "../ui/controls";
import { useRequest } from "../ui/hooks";
import { SongRow } from "../ui/songlist";
import { Token } from "./health";
import { Why } from "./taste";

const kListens = 50;
const kRecommended = 20;
const kLabelled = 8;

export function ListenersPanel() {
  const own = listener.value;
  const user = own || state.value.user;
  const [name, setName] = useState(user);
  useEffect(() => setName(user), [user]);
  const history = useRequest(
    user ? async (signal) => (await get<History>(`/v1/users/${path(user)}/history?history=${kListens}`, signal)).items : null,
    [user],
  );
  const found = useRequest(
    user
      ? async (signal) => {
          const answer = await get<Recommendations>(`/v1/users/${path(user)}/recommendations?k=${kRecommended}&explain=true&interests=auto&place=true`, signal);
          remember(answer.items);
          return answer;
        }
      : null,
    [user],
  );
  useScene(history.value, found.value);
  return (
    <>
      {own ? (
        <>
          <h1>For me</h1>
          <p class="lead">What you listened to recently, and what that leads to.</p>
        </>
      ) : (
        <>
          <h1>Listeners</h1>
          <p class="lead">What a user listened to recently, and what this server recommends to them.</p>
          <form class="field-row" onSubmit={(event) => {
            event.preventDefault();
            update({ user: name.trim() }, true);
          }}>
            <label>
              <span>User name</span>
              <input type="text" dir="auto" spellcheck={false} autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />
            </label>
            <button type="submit" class="primary" disabled={name.trim() === ""}>Show</button>
          </form>
          {!user && (
            <p class="empty">
              Any player or scrobbler that speaks the ListenBrainz protocol can send listens; they are stored under its token's user. To import many at once, use{" "}
              <a href="/docs#post-v1-listens">POST /v1/listens</a>.
            </p>
          )}
        </>
      )}
      {user && (
        <div class="columns">
          <section aria-label="Recent listens">
            <h2>Recent listens</h2>
            <Problem text={history.error} />
            {history.value?.length === 0 && <p class="status">No listens are stored for {user}.</p>}
            <ol class="songs" aria-busy={history.busy} data-testid="history">{history.value?.map((listen, i) => <Listen key={i} listen={listen} />)}</ol>
          </section>
          <section aria-label="Recommendations">
            <h2>Recommendations</h2>
            <Problem text={found.error} />
            {found.value?.fallback && <p class="status">Nothing {own ? "you" : "they"} listened to is in the catalogue; showing the most played songs instead.</p>}
            <ol class="songs" aria-busy={found.busy} data-testid="for-user">
              {found.value?.items.map((song) => <SongRow key={song.id} song={song} kind="found" chip={song.explanation?.reasons[0]?.text} note={<Why song={song} />} />)}
            </ol>
          </section>
        </div>
      )}
      {own && <Token />}
    </>
  );
}

const kTime = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

function Listen({ listen }: { listen: HistoryListen }) {
  const when = kTime.format(new Date(listen.listened_at * 1000));
  if (listen.song) return <SongRow song={listen.song} kind="played" note={when} />;
  return (
    <li class="song unknown">
      <span class="main">
        <span class="disc" aria-hidden="true" />
        <span class="names">
          <span class="title" dir="auto">{listen.title}</span>
          <span class="artist" dir="auto">{listen.artist}</span>
        </span>
      </span>
      <p class="note">{when} · not in the catalogue</p>
    </li>
  );
}

function useScene(history: HistoryListen[] | null, found: Recommendations | null) {
  const data = map.value;
  useEffect(() => {
    if (!data || !history) return;
    const played = [...new Map(history.flatMap((listen) => (listen.song ? [[listen.song.id, listen.song] as const] : []))).values()];
    const interests = (found?.interests ?? []).filter((interest) => interest.x !== undefined && interest.y !== undefined);
    const means = interests.map((interest) => ({ ...toMap(data, { x: interest.x!, y: interest.y! }), weight: interest.weight, label: `${Math.round(interest.weight * 100)} %` }));
    const marks: Mark[] = played.map((song) => {
      const mean = interests.findIndex((interest) => interest.songs.includes(song.id));
      return { row: song.row, kind: "played", mean: mean < 0 ? undefined : mean };
    });
    (found?.items ?? []).forEach((song, i) => marks.push({ row: song.row, kind: "found", label: i < kLabelled ? song.title : undefined }));
    scene.value = { marks, means, path: [], quiet: true };
    if (marks.length > 0) stage.value?.show(marks.map((mark) => placeOf(data, mark.row)));
    return () => void (scene.value = kNothing);
  }, [data, history, found, stage.value]);
}
