// Builds the map for notebooks as one ES module: node build_widget.mjs FILE. The types are checked by build.mjs.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { build } from "vite";
import { packagesOf } from "./packages.mjs";

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

// The module is distributed alone, so it carries the licences of what is in it.
const licences = packagesOf([built].flat()).map(({ name, version, licence, file }) => `${name} ${version} (${licence})\n\n${readFileSync(file, "utf8").trim()}\n`);
if (licences.some((text) => text.includes("*/"))) throw new Error("expected licences that fit into a comment");
writeFileSync(file, `/*! Segue's map for notebooks (Apache-2.0), with these packages:\n\n${licences.join("\n")}*/\n${readFileSync(file, "utf8")}`);
