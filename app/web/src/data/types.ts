// The parts of the API's responses (docs/http-api.md) that the page reads.

export interface Song {
  id: string;
  row: number;
  title: string;
  artist: string;
  album?: string;
  plays: number;
}

export interface Together {
  song?: Song;
  times: number;
  within?: number;
  after: number;
  before: number;
}

export interface SongDetail extends Song {
  tags?: string[];
  map?: { x: number; y: number; cluster: number };
}

export interface SimilarSong extends Song {
  similarity: number;
  together?: Together;
}

export interface Explanation {
  text: string;
  seeds: { id: string; title: string; artist: string; share: number; similarity: number }[];
  together?: Together;
  interest?: { id: string; title: string; artist: string };
}

export interface RecommendedSong extends SimilarSong {
  score: number;
  explanation?: Explanation;
}

export interface Interest {
  medoid: Song;
  weight: number;
  songs: string[];
  x?: number;
  y?: number;
}

export interface Recommendations {
  items: RecommendedSong[];
  interests?: Interest[];
  unknown?: string[];
  fallback?: "popular"; // the model knows none of the listens; the items are the most played songs
}

export interface PlaylistSong extends Song {
  score?: number;
  similarity?: number;
  seed_similarity?: number;
  progress?: number;
}

export interface Region {
  label: string;
  x: number;
  y: number;
  size: number;
  level: number;
  parent: number;
}

export interface HistoryListen {
  listened_at: number;
  artist: string;
  title: string;
  song: Song | null;
}

export interface ModelFacts {
  name: string;
  songs: number;
  dim: number;
  trained?: string;
  digest?: string;
  default?: boolean;
  map?: boolean | Record<string, unknown>; // its layout options
  loaded?: string;
  options?: Record<string, unknown>;
  counts?: { plays?: number };
  history?: { epoch: number; sample_loss?: number; mean_loss: number }[];
}

// A position on the map, in the map's own units.
export interface Point {
  x: number;
  y: number;
}
