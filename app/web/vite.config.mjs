// Two pages: the app and the API reference. All files they load are under assets/ with a hash in their names, so the
// server's content security policy needs no exception and browsers may cache the files for ever.
import { defineConfig } from "vite";

// `npm run dev` forwards API requests to this server.
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
  // Keep the page's Host header, so that the server treats API requests as same-origin.
  server: { proxy: { "^/(v1|1|health|metrics|openapi.json)": { target: server, changeOrigin: false } } },
});
