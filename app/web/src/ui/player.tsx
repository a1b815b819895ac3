// The player: buttons that play a list from the user's own files or from a music server, and a bar for what is played.
import { useRef, useState } from "preact/hooks";
import { messageOf } from "../data/api";
import { links } from "../data/links";
import { at, chooseFiles, elapsed, failed, hasFiles, ownTracks, paused, playAt, playTracks, queue, stop, togglePaused } from "../data/player";
import { nameOf } from "../data/songs";
import { account, serverName, signIn, signOut, streamsOf, SubsonicError } from "../data/subsonic";
import type { Song } from "../data/types";
import { Problem, Switch } from "./controls";
import { Icon } from "./icons";

export function PlayButtons({ songs }: { songs: Song[] }) {
  return (
    <>
      {links.value.subsonic && <PlayFromServer songs={songs} />}
      <PlayFiles songs={songs} />
      {failed.value && <p class="status" role="status">“{nameOf(failed.value)}” could not be played and was passed over.</p>}
    </>
  );
}

function PlayFiles({ songs }: { songs: Song[] }) {
  const field = useRef<HTMLInputElement>(null);
  const folder = (node: HTMLInputElement | null) => {
    field.current = node;
    node?.setAttribute("webkitdirectory", "");
  };
  const [said, say] = useState("");
  const play = () => {
    const found = ownTracks(songs);
    say(`${found.length} of ${songs.length} songs are among your files.`);
    if (found.length > 0) playTracks(found);
  };
  return (
    <>
      <button type="button" onClick={() => (hasFiles() ? play() : field.current!.click())}><Icon name="play" size={18} />Play my files</button>
      <input ref={folder} type="file" multiple hidden aria-label="Folder of audio files" onChange={(event) => {
        chooseFiles([...(event.currentTarget.files ?? [])]);
        event.currentTarget.value = "";
        play();
      }} />
      {said && <p class="status" role="status">{said}</p>}
    </>
  );
}

const kNamed = 3; // missing songs named

function PlayFromServer({ songs }: { songs: Song[] }) {
  const [asking, ask] = useState(false);
  const [said, say] = useState("");
  const [error, setError] = useState("");
  const play = async () => {
    ask(false);
    setError("");
    say(`Looking for ${songs.length} songs at ${serverName()}…`);
    try {
      const streams = await streamsOf(songs);
      const missing = songs.filter((song) => !streams.has(song)).map(nameOf);
      const more = missing.length > kNamed ? ` and ${missing.length - kNamed} more` : "";
      say(`${streams.size} of ${songs.length} songs are at ${serverName()}.${missing.length > 0 ? ` Not there: ${missing.slice(0, kNamed).join("; ")}${more}.` : ""}`);
      if (streams.size > 0) playTracks([...streams].map(([song, sound]) => ({ song, sound })));
    } catch (problem) {
      say("");
      setError(problem instanceof SubsonicError ? problem.message : messageOf(problem));
      if (problem instanceof SubsonicError) ask(true);
    }
  };
  return (
    <>
      <button type="button" class="primary" aria-expanded={account.value ? undefined : asking} onClick={() => (account.value ? void play() : ask(!asking))}>
        <Icon name="play" size={18} />Play from {serverName()}
      </button>
      {account.value && (
        <button type="button" onClick={() => {
          signOut();
          say("");
        }}>Sign out of {serverName()}</button>
      )}
      {said && <p class="status" role="status">{said}</p>}
      <Problem text={error} />
      {asking && <SignIn onDone={() => void play()} />}
    </>
  );
}

function SignIn({ onDone }: { onDone: () => void }) {
  const [user, setUser] = useState("");
  const [secret, setSecret] = useState("");
  const [remember, setRemember] = useState(false);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setError("");
    try {
      await signIn(user.trim(), secret, remember);
      onDone();
    } catch (problem) {
      setError((problem as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="sign-in" aria-label={`Sign in to ${serverName()}`} onSubmit={(event) => {
      event.preventDefault();
      void send();
    }}>
      <p class="more">
        Your user and password go to {serverName()} only, never to this server; the password as a salted MD5, as the Subsonic API asks. With an API key, leave the user empty.
      </p>
      <div class="field-row">
        <label><span>User</span><input type="text" autocomplete="username" autocapitalize="none" spellcheck={false} value={user} onInput={(event) => setUser(event.currentTarget.value)} /></label>
        <label><span>Password or API key</span><input type="password" autocomplete="current-password" value={secret} onInput={(event) => setSecret(event.currentTarget.value)} /></label>
      </div>
      <Switch label="Stay signed in in this browser" on={remember} onChange={setRemember} />
      <Problem text={error} />
      <div class="buttons"><button type="submit" class="primary" disabled={busy || secret === ""}>Sign in and play</button></div>
    </form>
  );
}

export function PlayerBar() {
  const track = queue.value[at.value];
  if (!track) return null;
  return (
    <section class="player" aria-label="Player">
      <button type="button" class="round" aria-label={paused.value ? "Play" : "Pause"} onClick={togglePaused}><Icon name={paused.value ? "play" : "pause"} /></button>
      <p dir="auto" role="status">{nameOf(track.song)}</p>
      <button type="button" class="plain" aria-label="Next song" disabled={at.value + 1 >= queue.value.length} onClick={() => playAt(at.value + 1)}><Icon name="next" size={18} /></button>
      <button type="button" class="plain" aria-label="Stop" onClick={stop}><Icon name="close" size={18} /></button>
      <progress max={1} value={elapsed.value} aria-label="Played" />
    </section>
  );
}
