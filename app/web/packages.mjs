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
