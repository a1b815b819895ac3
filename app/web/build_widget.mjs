// Builds the map for notebooks as one ES module: node build_widget.mjs FILE. The types are checked by build.mjs.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { build } from "vite";
import { licenceComment } from "./packages.mjs";

const file = resolve(process.argv[2] ?? join(import.meta.dirname, "build/widget/map_widget.js"));
const built = await build({
  configFile: false,
  root: import.meta.dirname,
  logLevel: "warn",
  publicDir: false,
  build: {
    target: "es2022",
    outDir: dirname(file),
    emptyOutDir: false,
    reportCompressedSize: false,
    lib: { entry: "src/widget/map_widget.ts", formats: ["es"], fileName: () => basename(file) },
  },
});

writeFileSync(file, licenceComment([built].flat(), "Segue's map for notebooks") + readFileSync(file, "utf8"));
