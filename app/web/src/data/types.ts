// Replies of the HTTP API and documents of pages. Generated from their tables by the target web_types; do not edit.

// The answer of a probe.
export interface Health {
  status: string; // "ok"
}

// Where a song is found elsewhere.
export interface SongLink {
  name: string; // What it leads to
  address: string; // Address, in which {id}, {artist}, {title} and {album} stand for those of the song
}

// Where songs are found elsewhere.
export interface SongLinks {
  items: SongLink[]; // The links
  cover: string; // Address of a cover, as of a link; empty if there are none
  subsonic: string; // Address of a music server to play from; empty if there is none
}

// Requests of one route.
export interface RouteStatus {
  method: string; // HTTP method
  path: string; // Path with its parameters in braces
  requests: number; // Requests since the start
  failed: number; // Of these, answered with a server error
  mean_seconds: number; // Mean time
  p50_seconds: number; // Median time
  p99_seconds: number; // 99th percentile
}

// The store of listens.
export interface StoreStatus {
  kind?: string; // sqlite or postgresql
  listens?: number; // Listens stored
  users?: number; // Users with listens
  queued?: number; // Additions that wait for their commit
  error?: string; // Present instead of all else if the store is unavailable
}

// A model in operation.
export interface ModelStatus {
  name: string; // Its name
  songs: number; // Number of songs
  recall: number; // Share of the 10 nearest songs that its search finds, from a sample
}

// The state of the server.
export interface Status {
  uptime_seconds: number; // Since the start
  requests_per_second: number; // Over about the last minute
  routes: RouteStatus[]; // Routes with requests
  store: StoreStatus; // The store of listens
  models: ModelStatus[]; // The models that are served
  evaluation: boolean; // Whether there is an evaluation report
}

// A song of a model.
export interface Song {
  id: string; // The id it has in the listens
  row: number; // Its place in the order of plays, and its point on the map
  title: string; // Empty if unknown
  artist: string; // Empty if unknown
  album: string; // Empty if unknown
  plays: number; // Plays in the dataset the model was trained on
}

// A song of a search.
export interface FoundSong extends Song {
  available?: boolean; // false for a song that the catalogue does not offer; else absent
  item?: string; // With rows: its id at the music server of the service's library, if it has one
}

// Songs of a model.
export interface Songs {
  items: FoundSong[]; // The songs
  model: string; // The model that answered
  next?: string; // The cursor of the next page; absent at the end of the list
}

// Where a song lies on the map.
export interface SongPlace {
  x: number; // In the map's own units
  y: number; // In the map's own units
  cluster: number; // Its region, as an index into the regions; -1 for none
}

// A song with its tags and its place on the map.
export interface SongDetails extends Song {
  tags: string[]; // Its tags
  map?: SongPlace; // Absent if the model has no map
  model: string; // The model that answered
  available: boolean; // Whether the catalogue offers it
}

// How often two songs were played close together.
export interface Together {
  times: number; // Pairs of plays
  after: number; // Weight of the pairs in which this song came second
  before: number; // Weight of the pairs in which this song came first
}

// A neighbour of a song.
export interface SimilarSong extends Song {
  similarity: number; // Cosine of the song vectors
  together?: Together; // Present if both were played close together
}

// The neighbours of a song, the nearest first.
export interface SimilarSongs {
  items: SimilarSong[]; // The songs
  model: string; // The model that answered
  withheld?: number; // Present if there are fewer songs than asked for and the catalogue keeps some from this request: how many
  next?: string; // The cursor of the next page; absent at the end of the list
}

// The songs that artists and titles name.
export interface MatchedSongs {
  items: (Song | null)[]; // One for each in the request, in order; null if the model does not have it
  model: string; // The model that answered
}

// What lifts the score of a recommended song.
export interface Reason {
  kind: "none" | "together" | "habit" | "lately" | "last_song" | "mean" | "artist" | "known_artist" | "popular"; // What kind of term of the score it is
  share: number; // Its part of all that lifts the score, from 0 to 1
  text: string; // In a few words: 25 × near Roads
}

// A played song as a reason for a recommendation.
export interface SeedSong extends Song {
  share: number; // Its part of all that lifts the score, from 0 to 1
  similarity: number; // Its cosine to the recommended song
}

// How often a played song and the recommended one were played together.
export interface PlayedTogether {
  times: number; // Pairs of plays
  within: number; // How many songs apart a pair is at most
  after: number; // Weight of the pairs in which the recommended song came second
  before: number; // Weight of the pairs in which the recommended song came first
  song: Song; // The played song
}

// Why a song was recommended.
export interface Explanation {
  text: string; // The reasons as a sentence
  reasons: Reason[]; // What lifted its score, the largest share first
  seeds: SeedSong[]; // The played songs it is based on, the largest share first
  together?: PlayedTogether; // The played song it was played with most often
  interest?: Song; // The central song of the interest it serves, if there are several
}

// A song to play.
export interface RecommendedSong extends Song {
  score: number; // How well it fits: of the blend, or a cosine
  similarity: number; // Its cosine to the user vector
  explanation?: Explanation; // Present if explain was set
  new?: boolean; // Present if it came after training (segue place)
}

// Played songs that belong together.
export interface Interest {
  medoid: Song; // The central song
  weight: number; // Its part of what was played, from 0 to 1
  songs: string[]; // Ids of its songs
  x?: number; // Where its mean lies on the map, if there is one
  y?: number; // Where its mean lies on the map, if there is one
}

// What a seed was taken as.
export interface TakenSeed {
  typed: string; // The seed as it was given
  kind: "song" | "artist" | "album" | "tag"; // What it was taken as
  name: string; // The name of that
  weight: number; // How much it counts compared with the other seeds
  songs: string[]; // Ids of the songs that stand for it: of a group its most played ones
}

// Songs to play, in order.
export interface Recommendations {
  items: RecommendedSong[]; // The songs
  interests?: Interest[]; // The interests found in what was played, if place was set
  fallback?: "popular"; // Present if the model knows none of the listens: the songs are the most played ones
  user?: string; // The user, if the listens are a user's
  listens?: number; // How many of the user's listens were used
  model: string; // The model that answered; two as A,B if they share the list
  unknown?: string[]; // Ids in the request that the model does not have, at most 100
  taken_as?: TakenSeed[]; // What the seeds were taken as, if there were any
  withheld?: number; // Present if there are fewer songs than asked for and the catalogue keeps some from this request: how many
  next?: string; // The cursor of the next page; absent at the end of the list
}

// A stored listen.
export interface HistoryListen {
  listened_at: number; // Seconds since 1970
  artist: string; // As submitted
  title: string; // As submitted
  song: Song | null; // The song of the model; null if the model does not have it
}

// A user's newest listens, the newest first.
export interface History {
  items: HistoryListen[]; // The listens
  user: string; // The user
  model: string; // The model that answered
  next?: string; // The cursor of the next page; absent at the end of the list
}

// A song of a radio.
export interface RadioSong extends Song {
  score: number; // How well it fits at this place
  similarity: number; // Its cosine to the song before it
  seed_similarity: number; // Its cosine to the nearest seed
}

// A playlist that continues from seed songs.
export interface Radio {
  items: RadioSong[]; // The songs, in order
  title: string; // A name for the playlist
  model: string; // The model that answered
  unknown?: string[]; // Ids in the request that the model does not have, at most 100
  taken_as?: TakenSeed[]; // What the seeds were taken as, if there were any
  withheld?: number; // Present if there are fewer songs than asked for and the catalogue keeps some from this request: how many
}

// A song of a journey.
export interface JourneySong extends Song {
  similarity: number; // Its cosine to the song before it; 1 for the first
  progress: number; // How far it is from the first song (0) to the last (1)
}

// A playlist from one song to another.
export interface Journey {
  items: JourneySong[]; // The songs, both ends included
  title: string; // A name for the playlist
  model: string; // The model that answered
  left_out?: string[]; // Ids of the ends that the catalogue does not offer: the journey leads there, without playing them
}

// A named region of the map.
export interface Region {
  label: string; // Its name; empty if nothing sets it apart
  x: number; // A point where the region is dense
  y: number; // A point where the region is dense
  size: number; // Number of songs
  level: number; // 0 for the largest regions
  parent: number; // The region around it, as an index; -1 at level 0
  source: "none" | "titles" | "tags" | "artists"; // What its name is made of
}

// The regions of the map, the largest level first.
export interface Regions {
  items: Region[]; // The regions
}

// A closed line around songs of a region; one inside another is a hole.
export interface Contour {
  region: number; // The region, as an index into the regions
  part: number; // The part of the region's songs inside its lines of this part
  points: number[]; // x and y of each point
}

// Contours of the largest regions, the outer before the inner.
export interface Contours {
  items: Contour[]; // The lines
}

// Frequent tags and the songs that have them.
export interface MapTags {
  items: string[]; // The tags, the most frequent first
  rows: string; // Base64 of one byte for each song: the index of its first such tag, 255 for none
}

// A point of the map.
export interface Place {
  x: number; // In the map's own units
  y: number; // In the map's own units
  model: string; // The model that answered
}

// A model that is served.
export interface ModelFacts {
  name: string; // Its name
  songs: number; // Number of songs
  dim: number; // Numbers in a song vector
  trained: string; // When it was trained (UTC, ISO 8601)
  loaded: string; // When the server loaded it (UTC, ISO 8601)
  digest: string; // Digest of its manifest
  parts: number; // Its parts of the users, relative to those of the other models
  default: boolean; // Whether it answers if nothing else is named
}

// A model in the list of models.
export interface Model extends ModelFacts {
  map: boolean; // Whether it has a map
}

// The models that are served, the default one first.
export interface Models {
  items: Model[]; // The models
}

// An epoch of training.
export interface Epoch {
  epoch: number; // From 1
  mean_loss: number; // Mean loss during the epoch
  sample_loss?: number; // Loss on a fixed sample after the epoch
  [name: string]: unknown;
}

// A model with what its manifest says.
export interface ModelDetails extends ModelFacts {
  map: unknown; // The options of its map; false if it has none
  options: Record<string, unknown>; // The options it was trained with
  counts: Record<string, unknown>; // Songs, queues and plays in training
  history: Epoch[]; // Loss by epoch
  index_note: string; // A remark about its search index; empty if there is nothing to say
  [name: string]: unknown;
}

// What the catalogue means for the songs of a model.
export interface CatalogueOfModel {
  model: string; // Its name
  unavailable: number; // Songs that nobody is offered now: blocked, or out of time
  explicit: number; // Songs marked as explicit
  limited: number; // Songs that are not offered in every market
  unknown: number; // Ids of the table and of changes that are no songs of the model
}

// The state of the catalogue.
export interface Catalogue {
  rows: number; // Rows of the table
  columns: string[]; // Columns of the table that were understood
  read: string | null; // When the table was read, in UTC; null without one
  changes: number; // Songs whose change is in force
  refused?: string; // Why the newest table was refused: the one before it is in force
  models: CatalogueOfModel[]; // By model
}

// Where and when a song is offered: the table, and a change to it.
export interface CatalogueSong {
  id: string; // Of the song
  available: boolean; // Whether it is offered now, somewhere
  blocked: boolean; // It is offered to nobody
  markets: string[]; // Countries to which it is offered; empty: all
  blocked_markets: string[]; // Countries to which it is not offered
  explicit: boolean; // Some listeners are not offered it
  from: string | null; // The first moment it is offered, in UTC; null: always
  until: string | null; // The first moment it is no longer offered; null: never
  in_table: boolean; // The table has a row of it
  in_model: boolean; // The model that serves the request has it
  change?: Record<string, unknown>; // The change that is in force, as it was sent
  changed?: string; // When that was
}

// A song that training did not know, and what it is placed from.
export interface NewSong {
  id: string; // Of the song
  served: boolean; // The model that serves requests now has it
  trained: boolean; // It has it from its training, so that nothing is placed
  plays: number; // Plays of it in the queues that were sent
  near: number; // Plays of trained songs close to them, from which its vector is made
  album_songs: number; // Trained songs of its album, where its vector begins
  artist_songs: number; // Trained songs of its artist, likewise; at most 50
  tag_songs: number; // Trained songs of its tags, likewise, if it has neither of those
}

// A listen that was not stored.
export interface RefusedListen {
  row: number; // Its place in the request, from 0
  reason: string; // What was found and what was expected
}

// What became of submitted listens.
export interface AddedListens {
  added: number; // New listens
  known: number; // Listens that were stored already
  refused?: RefusedListen[]; // Listens that were not stored; absent without any
}

// How much was deleted.
export interface Forgotten {
  listens: number; // Listens
  feedback: number; // Loved and hated songs
  tokens: number; // Tokens
  events: number; // Events of lists
}

// An event that was not stored.
export interface RefusedEvent {
  row: number; // Its place in the request, from 0
  reason: string; // For people: one sentence
}

// What became of reported events.
export interface AddedEvents {
  added: number; // New events
  known: number; // Events that were stored already
  refused: RefusedEvent[]; // Events that break the rules, in order
}

// What became of the rows of a log.
export interface Imported {
  added: number; // New listens
  known: number; // Listens that were stored already
  skipped: number; // Listens that were skips, which are left out
  rows: number; // Rows read
  dropped: number; // Rows that could not be used
  sources: string[]; // Products that the log was recognised as one of
}

// An artist of a model.
export interface FoundArtist {
  name: string; // Name
  songs: number; // Number of songs
  plays: number; // Plays of these in the dataset the model was trained on
}

// Artists found, the best match first.
export interface Artists {
  items: FoundArtist[]; // The artists
  model: string; // The model that answered
  next?: string; // The cursor of the next page; absent at the end of the list
}

// A neighbour of an artist.
export interface SimilarArtist extends FoundArtist {
  similarity: number; // Cosine of the means of their songs
}

// An artist, their songs and their neighbours.
export interface Artist extends FoundArtist {
  items: Song[]; // Their most played songs
  similar: SimilarArtist[]; // The artists most like them, the nearest first
  model: string; // The model that answered
  next?: string; // The cursor of the next page; absent at the end of the list
}

// A metric of the first 10, 20 and 100 songs of a list.
export interface AtCutoffs {
  10: number; // Of the first 10
  20: number; // Of the first 20
  100: number; // Of the first 100
}

// Properties of the lists, over their first 10 songs unless noted.
export interface ListStatistics {
  coverage: AtCutoffs; // Share of the catalogue in at least one list
  gini: number; // Of how often songs are recommended: 0 all equally
  popularity_rank: number; // Mean; 1 is the most played song
  self_information: number; // Mean surprise, bits
  artist_repeats: number; // Share of songs by an artist further up
  hubness: number; // Skewness of how often songs are recommended
  mean_length: number; // Of lists of up to 100
  diversity?: number; // Mean of 1 - cosine; absent without vectors
}

// Accuracy at 10 in each group of positions.
export interface Slices {
  hit_rate: number[]; // Hit rate of each group
  ndcg: number[]; // NDCG of each group
}

// The scores of a method in one mode.
export interface MethodScore {
  name: string; // Its name
  summary: string; // What it does
  baseline: boolean; // Whether others are compared with it
  fit_seconds: number; // Time to learn
  rank_seconds: number; // Time to make all lists
  settings?: Record<string, unknown>; // The settings chosen for it, if it has some
  hit_rate: AtCutoffs; // Share of positions whose next song is among the first
  ndcg: AtCutoffs; // Mean of 1 / log2(1 + rank)
  mrr: AtCutoffs; // Mean of 1 / rank
  recall: AtCutoffs; // Share of the songs still to come that are among the first
  hit_rate_interval?: number[]; // 95 % interval at 10, low and high; absent without resamples
  ndcg_interval?: number[]; // Likewise
  hit_rate_gain: number; // At 10, minus that of the reference
  hit_rate_gain_interval?: number[]; // Its paired 95 % interval
  ndcg_gain: number; // At 10, minus that of the reference
  ndcg_gain_interval?: number[]; // Its paired 95 % interval
  lists: ListStatistics; // Properties of its lists
  by_popularity: Slices; // By how popular the next song is
  by_history: Slices; // By how many songs were heard
}

// The scores of all methods in one mode.
export interface ModeScores {
  positions: number; // Positions measured
  unknown: number; // Of these, with a next song that is not in the catalogue
  reference: string; // The baseline with the best NDCG
  by_popularity: number[]; // Positions by tenths of the plays, most played first
  by_history: number[]; // Positions by songs heard: from 1, 2, 4, 8, 16, 32, 64
  models: MethodScore[]; // The methods
}

// What is asked of the methods; modes without positions are absent.
export interface Modes {
  discovery?: ModeScores; // The next song was not just heard
  repeat?: ModeScores; // The next song was just heard
  next?: ModeScores; // Whatever is played next
  any?: ModeScores; // The last song of each queue
}

// The evaluation of one seed.
export interface EvaluationRun {
  seed: number; // Its seed
  split: "auto" | "time" | "queues" | "last-song"; // How queues were held out
  training_queues: number; // Queues trained on
  training_plays: number; // Their plays
  songs: number; // Songs of the catalogue
  held_out_queues: number; // Queues measured on
  units: number; // Units resampled for intervals
  skipped: string[]; // Methods that do not apply to the dataset
  modes: Modes; // Scores by mode
}

// What a method predicted at one position.
export interface EvaluationExample {
  heard: string[]; // The last few songs heard, the newest last
  list: string[]; // The first few songs predicted
  target: string; // The song played next
  rank: number; // Its rank; 0: not among the first 100
}

// Predictions to look at.
export interface EvaluationExamples {
  method: string; // The method with the best NDCG
  right: EvaluationExample[]; // Where it was right
  wrong: EvaluationExample[]; // Where it was wrong
}

// What segue evaluate reports.
export interface Evaluation {
  dataset: string; // The dataset, as typed
  split_options: Record<string, unknown>; // Options of the split
  options: Record<string, unknown>; // Options of the evaluation
  train_options: Record<string, unknown>; // Options of training
  blend: Record<string, unknown>; // Weights of the blend for new songs
  blend_next: Record<string, unknown>; // Weights of the blend for any song
  fit?: Record<string, unknown>; // How the weights were fitted, if they were
  untuned_because?: string; // Why baselines have their default settings, if they do
  runs: EvaluationRun[]; // A run for each seed
  examples?: EvaluationExamples; // In pages only: predictions of the first run
}

// A value to mark on an axis.
export interface AxisTick {
  unit: number; // Its place, from 0 to 1
  text: string; // The value
}

// An option that was searched.
export interface SearchDimension {
  name: string; // The option
  searched: string; // Its range or values
  log: boolean; // Whether the axis is logarithmic
  ticks: AxisTick[]; // What to mark on its axis
  importance: number; // The share of the variance of NDCG, among trials of the fewest epochs, between four groups
}

// What a trial scored.
export interface TrialScore {
  ndcg: number; // NDCG@10
  hit_rate: number; // HitRate@10
  method: string; // The method that ranks so
}

// A training run with a score.
export interface Trial {
  number: number; // Of its set of options; 0: the given options
  rung: number; // Index of its number of epochs
  epochs: number; // Its epochs
  values: string[]; // Of each dimension
  units: number[]; // Their places on the axes, from 0 to 1
  sample: TrialScore; // At the positions at which every trial is measured
  all?: TrialScore; // At all positions, for trials that were among the best when measured
  seconds: number; // Training and measuring
}

// A search for training options.
export interface Search {
  dataset: string; // The dataset, as typed
  split: "auto" | "time" | "queues" | "last-song"; // How queues were held out
  positions: number; // All positions of the validation part
  rungs: number[]; // Epochs of each rung
  dimensions: SearchDimension[]; // The options that were searched
  trials: Trial[]; // Trials with a score, in their order
  best: number; // Index of the best trial
  given: number; // Index of the trial of the given options
  failures: number; // Trials without a score
  about: Record<string, unknown>; // Everything that the scores depend on
}

// A share of the songs shown.
export interface Rate {
  songs: number; // How many of the songs shown
  rate: number; // Their share
  low?: number; // Lower end of its 95 % interval; absent for a single listener
  high?: number; // Upper end
}

// What listeners did with songs that they saw.
export interface Rates {
  name: string; // The model, route or position
  lists: number; // Lists with a song that was seen
  listeners: number; // Listeners, of whom at most 65,536 are told apart; a list of an unknown one counts as one
  shown: number; // Songs seen (impressions)
  click: Rate; // Clicked
  play: Rate; // Played long enough
  skip: Rate; // Skipped
  save: Rate; // Saved
}

// Two models compared by their listeners (A/B).
export interface ModelComparison {
  model: string; // The model
  against: string; // The one it is compared with
  lists: number; // Lists of both, of known listeners
  difference?: number; // Its rate minus the other's
  difference_low?: number; // Lower end of the 95 % interval
  difference_high?: number; // Upper end
  lift?: number; // Its rate over the other's, minus 1
  lift_low?: number; // Lower end of the 95 % interval
  lift_high?: number; // Upper end
  p?: number; // Two-sided, that both rates are the same; with several comparisons corrected by Holm's method
  decided: boolean; // Whether p is below 0.05
  more_lists?: number; // How many more decide, if the difference is as it looks
  verdict: string; // The result as a sentence
}

// Two models compared in lists that both made.
export interface Interleaving {
  model: string; // The second model of --interleave
  against: string; // The first
  lists: number; // Lists
  wins: number; // Lists in which more of its songs were chosen
  losses: number; // Lists in which more of the other's were
  ties: number; // Others
  preference?: number; // wins / (wins + losses)
  preference_low?: number; // Lower end of the 95 % interval
  preference_high?: number; // Upper end
  p?: number; // Two-sided, that wins and losses are equally likely
  decided: boolean; // Whether p is below 0.05
  more_lists?: number; // How many more decide, if the preference is as it looks
  verdict: string; // The result as a sentence
}

// How well a model orders the songs that listeners saw.
export interface JudgedModel {
  name: string; // The model's folder, or "as shown"
  lists: number; // Lists that could be judged
  listeners: number; // Of so many listeners
  ndcg: number; // Mean NDCG of its order of the songs seen
  low?: number; // Lower end of the 95 % interval; absent for a single listener
  high?: number; // Upper end
  difference?: number; // Its NDCG minus that of the first model, paired
  difference_low?: number; // Lower end of the 95 % interval
  difference_high?: number; // Upper end
}

// What segue report prints.
export interface EventReport {
  decided_by: string; // The rate that models are compared by
  since: number; // Lists made at or after this time (seconds since 1970)
  events: number; // Events read
  lists: number; // Lists that they are about
  listeners: number; // Listeners; a list of an unknown one counts as one
  not_shown: number; // Songs with events but no impression, which no rate counts
  models: Rates[]; // Rates by model, of lists by one model
  routes: Rates[]; // Rates by route
  positions: Rates[]; // Rates by position in the list
  comparisons: ModelComparison[]; // Models compared by their listeners
  interleaved: Interleaving[]; // Models compared in interleaved lists
  judged?: JudgedModel[]; // With --judge: models judged by the order of the songs seen
  notes: string[]; // What to know about these numbers
}

// A map with its songs, for a page of its own.
export interface MapPage {
  songs: number; // Songs of the model, of which the page has the most played
  left: number; // The x of places that are 0, in the map's own units
  bottom: number; // Their y
  width: number; // From 0 to 65535
  places: string; // x and y of each song as uint16
  region: string; // The finest region of each song as int16; -1 for none
  plays: string; // Plays of each song as uint32
  artist: string; // The artist of each song as uint32, an index
  titles: string[]; // The title of each song; the id of one without any name
  artists: string[]; // Names of artists
  regions: Region[]; // The regions, the largest level first
  contours: Contour[]; // Outlines of the largest regions
}
