// Two pages, the app and the API reader; everything they load lies beside them under assets/ with its hash in the name,
// so that the server's content security policy needs no exception and browsers may keep the files for ever.
import { defineConfig } from "vite";

// `npm run dev` asks this server for the API.
const server = process.env.SEGUE_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  root: import.meta.dirname,
  appType: "mpa",
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark()
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 250,
    rolldownOptions: { input: ["index.html", "docs.html"] },
  },
  // The host stays that of the page, so that what the page asks counts as its own origin's.
  server: { proxy: { "^/(v1|1|health|metrics|openapi.json)": { target: server, changeOrigin: false } } },
});
