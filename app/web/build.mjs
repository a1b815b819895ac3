// Builds the pages and prepares them for embedding in the binary. `node build.mjs OUT` makes
//   OUT/dist/           the files that a browser loads, each with a gzip file next to it if that is smaller
//   OUT/pages/          the templates of pages that segue writes to files, one file each (build_pages.mjs)
//   OUT/web_assets.cpp  the same bytes through .incbin, and the tables that assets.h declares
// web_assets.cpp contains the digest of every file, so that it is recompiled whenever one of them changes.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { buildPages } from "./build_pages.mjs";
import { packagesOf } from "./packages.mjs";

const kMediaTypes = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
  txt: "text/plain; charset=utf-8",
};
const kPages = { "/index.html": "/", "/docs.html": "/docs" };

const here = import.meta.dirname;
const out = resolve(process.argv[2] ?? join(here, "build"));
if (!existsSync(join(here, "node_modules/vite"))) {
  console.error("app/web: no node_modules; `tools/setup build` (or `npm ci` in app/web) installs them");
  process.exit(1);
}

// tsc checks the types; Vite only strips them.
const compiler = createRequire(import.meta.url).resolve("typescript/package.json");
execFileSync(process.execPath, [join(compiler, "../bin/tsc"), "--noEmit", "-p", here], { stdio: "inherit" });
const { build } = await import("vite");
const built = await build({
  configFile: join(here, "vite.config.mjs"),
  logLevel: "warn",
  build: { outDir: join(out, "dist"), emptyOutDir: true },
});

const packages = packagesOf([built].flat());
if (packages.length === 0) throw new Error("expected packages in the pages, found none");

const pages = (await buildPages(join(out, "pages"))).map((page) => {
  const bytes = readFileSync(page.file);
  return { ...page, size: bytes.length, digest: digestOf(bytes) };
});

function digestOf(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const assets = filesBelow(join(out, "dist")).map((file) => {
  const bytes = readFileSync(file);
  const name = "/" + relative(join(out, "dist"), file).replaceAll("\\", "/");
  const mediaType = kMediaTypes[name.split(".").pop()];
  if (!mediaType) throw new Error(`${name}: expected one of ${Object.keys(kMediaTypes)}`);
  const gzip = gzipSync(bytes, { level: 9 });
  const smaller = gzip.length < bytes.length;
  if (smaller) writeFileSync(file + ".gz", gzip);
  const digest = digestOf(bytes);
  return { file, path: kPages[name] ?? name, mediaType, size: bytes.length, gzip: smaller ? gzip.length : 0, digest };
});

const symbol = (i, kind) => `segue_web_${i}_${kind}`;
const lines = ["// Written by app/web/build.mjs.", '#include "app/web/assets.h"', "", "#include <array>", "#include <cstdlib>", ""];
const embed = (name, file) =>
  lines.push(
    `__asm__(".section .rodata\\n.balign 16\\n${name}:\\n.incbin \\"${file}\\"\\n.previous\\n");`,
    `extern "C" const char ${name}[];`,
  );
assets.forEach((asset, i) => {
  embed(symbol(i, "bytes"), asset.file);
  if (asset.gzip) embed(symbol(i, "gzip"), asset.file + ".gz");
});
pages.forEach((page, i) => {
  lines.push(`// ${page.digest}`);
  embed(symbol(i, "page"), page.file);
});
lines.push("", "namespace segue {", "", "std::span<const WebAsset> web_assets() {");
lines.push(`  static const std::array<WebAsset, ${assets.length}> assets = {{`);
assets.forEach((asset, i) => {
  const gzip = asset.gzip ? `{${symbol(i, "gzip")}, ${asset.gzip}}` : "{}";
  lines.push(
    `      {"${asset.path}", "${asset.mediaType}", {${symbol(i, "bytes")}, ${asset.size}},`,
    `       ${gzip}, "\\"${asset.digest}\\""},`,
  );
});
lines.push("  }};", "  return assets;", "}", "", "std::span<const WebPackage> web_packages() {");
lines.push(`  static const std::array<WebPackage, ${packages.length}> packages = {{`);
for (const { name, version, licence, file } of packages) {
  lines.push(`      {"${name}", "${version}", "${licence}", ${JSON.stringify(readFileSync(file, "utf8"))}},`);
}
lines.push("  }};", "  return packages;", "}", "", "std::string_view page_template(std::string_view name) {");
pages.forEach((page, i) => lines.push(`  if (name == "${page.name}") return {${symbol(i, "page")}, ${page.size}};`));
lines.push("  std::abort();", "}", "", "}  // namespace segue", "");
writeFileSync(join(out, "web_assets.cpp"), lines.join("\n"));

const total = assets.reduce((sum, asset) => sum + (asset.gzip || asset.size), 0);
console.log(`web: ${assets.length} files, ${Math.round(total / 1024)} kB compressed`);
