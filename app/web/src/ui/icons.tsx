// Line icons, 24 × 24, drawn for this app.
const kPaths = {
  map: "M9 4 4 6v14l5-2 6 2 5-2V4l-5 2-6-2Zm0 0v14m6-12v14",
  find: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14Zm5 12 4 4",
  taste: "M12 20s-7.5-4.6-7.5-10A4.3 4.3 0 0 1 12 7.3 4.3 4.3 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10Z",
  playlist: "M4 7h11M4 12h8M4 17h6m11-10v9.500M21 7l-4 1v9.500m4-1a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
  listeners: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6 9c0-3.5 2.5-6 6-6s6 2.5 6 6m1-15.500a3.5 3.5 0 0 1 0 6.500m2 3.500c2 .8 3 3 3 5.5",
  health: "M3 12h4l3-7 4 14 3-7h4",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  all: "M4 9V4h5M20 9V4h-5M4 15v5h5m11-5v5h-5",
  fold: "m7 10 5 5 5-5",
  close: "M6 6l12 12M18 6 6 18",
  up: "M12 19V5m-6 6 6-6 6 6",
  down: "M12 5v14m6-6-6 6-6-6",
  grip: "M9 6h.010M15 6h.010M9 12h.010M15 12h.010M9 18h.010M15 18h.01",
  dislike: "M7 14V4h9.500a2 2 0 0 1 2 1.600l1.3 6A2 2 0 0 1 17.8 14H14l.8 4.500A2 2 0 0 1 11 20l-4-6Zm0 0H4V4h3",
  hide: "M4 4l16 16M10 6.300A9 9 0 0 1 12 6c6 0 9 6 9 6a15 15 0 0 1-2.5 3.200M6.5 7.700A14 14 0 0 0 3 12s3 6 9 6c1.6 0 3-.4 4.2-1",
  radio: "M12 12h.010M8.5 15.500a5 5 0 0 1 0-7m7 0a5 5 0 0 1 0 7M5.5 18.500a9 9 0 0 1 0-13m13 0a9 9 0 0 1 0 13",
  journey: "M6 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm12-10a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 17h6a3.5 3.5 0 0 0 0-7h-4a2.5 2.5 0 0 1 0-5h6",
  save: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  share: "M8 12h8m-7-5H8a5 5 0 0 0 0 10h1m6-10h1a5 5 0 0 1 0 10h-1",
  play: "M8 5v14l11-7L8 5Z",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Zm0-5v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.400M5.6 18.4 7 17M17 7l1.4-1.4",
  moon: "M20 14.500A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.500Z",
  upload: "M12 16V5m-5 5 5-5 5 5M5 20h14",
  key: "M8 15a4 4 0 1 1 0-8 4 4 0 0 1 0 8Zm4-4h9m-3 0v4",
  pin: "M12 21s-6-6.200-6-11a6 6 0 0 1 12 0c0 4.800-6 11-6 11Zm0-9a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  artist: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c0-3.500 3-6 7-6s7 2.500 7 6",
  pause: "M8 5v14M16 5v14",
  next: "M6 5v14l9-7-9-7Zm12 0v14",
  swap: "M7 4v15m0 0-3-3m3 3 3-3M17 20V5m0 0-3 3m3-3 3 3",
} as const;

export type IconName = keyof typeof kPaths;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={kPaths[name]} />
    </svg>
  );
}
