// Builds the templates of pages that segue fills and writes to files: each is one file with its script and styles inside,
// which loads nothing. Its policy names both by their digests, so nothing that a document says can run.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { licenceComment } from "./packages.mjs";

const here = import.meta.dirname;
const kPages = ["evaluation", "tuning", "events", "map"];

// What the app asks of its server and of workers, a page finds in its document.
const own = (name) => join(here, "src/pages", name);
const kReplaced = [
  { find: /^(\.|\.\.\/data)\/api$/, replacement: own("api.ts") },
  { find: /^\.\/index_places$/, replacement: own("index_places.ts") },
];

const inScript = (code) => code.replaceAll("</script", "<\\/script").replaceAll("<!--", "\\x3c!--");
const hashOf = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function pageOf(script, style) {
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="dark light">
<meta name="generator" content="segue <!--VERSION-->">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title><!--TITLE--></title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript><p>This page draws what it shows with a script, which this browser does not run.</p>
<!--PLAIN--></noscript>
<script type="application/json" id="document"><!--DOCUMENT--></script>
<script>${script}</script>
</body>
</html>
`;
}

// The file of each page, by name.
export async function buildPages(folder) {
  mkdirSync(folder, { recursive: true });
  const pages = [];
  for (const name of kPages) {
    const built = [await build({
      configFile: false,
      root: here,
      logLevel: "warn",
      publicDir: false,
      resolve: { alias: kReplaced },
      build: {
        target: "es2022",
        cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark()
        write: false,
        cssCodeSplit: false, // else the script adds the styles
        reportCompressedSize: false,
        modulePreload: { polyfill: false },
        rolldownOptions: { input: own(`${name}.tsx`), output: { format: "iife" } },
      },
    })].flat();
    const { output } = built[0];
    const scripts = output.filter((one) => one.type === "chunk");
    const styles = output.filter((one) => one.fileName.endsWith(".css"));
    if (scripts.length !== 1 || styles.length !== 1 || output.length !== 2) {
      throw new Error(`${name}: expected a script and styles, found ${output.map((one) => one.fileName)}`);
    }
    const script = licenceComment(built, "A page of Segue") + inScript(scripts[0].code);
    const page = pageOf(script, styles[0].source.trim());
    for (const mark of ["VERSION", "TITLE", "PLAIN", "DOCUMENT"]) {
      if (page.split(`<!--${mark}-->`).length !== 2) throw new Error(`${name}: expected the mark ${mark} once`);
    }
    const file = join(folder, `${name}.html`);
    writeFileSync(file, page);
    pages.push({ name, file });
  }
  return pages;
}
