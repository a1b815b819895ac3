import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// The packages whose modules are in what Vite has built, with their licences: they are distributed along with this code.
export function packagesOf(outputs) {
  const folders = new Set();
  for (const chunk of outputs.flatMap((output) => output.output)) {
    for (const module of chunk.moduleIds ?? []) {
      const found = module.match(/^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//);
      if (found) folders.add(found[1]);
    }
  }
  return [...folders]
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
      if (!license || !file) throw new Error(`${name}: expected a licence in its package, found none`);
      return { name, version, licence: license, file: join(folder, file) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

// A comment with their licences, for code that is distributed alone.
export function licenceComment(outputs, what) {
  const texts = packagesOf(outputs).map(({ name, version, licence, file }) => `${name} ${version} (${licence})\n\n${readFileSync(file, "utf8").trim()}\n`);
  if (texts.some((text) => text.includes("*/"))) throw new Error("expected licences that fit into a comment");
  return `/*! ${what} (Apache-2.0), with these packages:\n\n${texts.join("\n")}*/\n`;
}
