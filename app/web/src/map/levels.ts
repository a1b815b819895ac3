// The zoom range in which the names of each level of regions are shown. A region without named subregions keeps its name
// at higher zooms.
export const kLevels = [
  { from: 0, to: 3.2 },
  { from: 2, to: 9 },
  { from: 4.5, to: Infinity },
];
export const rangeOf = (level: number) => kLevels[Math.min(level, kLevels.length - 1)];

// A zoom at which a region of this level is seen with its name.
export const zoomOf = (level: number) => [2, 5, 9][Math.min(level, 2)];
