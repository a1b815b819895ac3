// What all pages that segue writes to files share: the document, the theme, a heading.
import { effect } from "@preact/signals";
import { render, type ComponentChildren, type VNode } from "preact";
import { theme } from "../map/palette";
import { ThemeSwitch } from "../ui/theme";
import "../style/page.css";

// The document that the page was filled with.
export const documentOf = <T,>(): T => JSON.parse(document.getElementById("document")!.textContent!) as T;

export function show(page: VNode) {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
  render(page, document.getElementById("app")!);
}

export function ReportPage({ heading, subject, children }: { heading: string; subject: string; children: ComponentChildren }) {
  const made = document.querySelector<HTMLMetaElement>("meta[name=generator]")?.content;
  return (
    <>
      <header>
        <div>
          <h1>{heading}</h1>
          <p class="more"><span dir="auto">{subject}</span> · {made}</p>
        </div>
        <ThemeSwitch />
      </header>
      <main class="report">{children}</main>
    </>
  );
}
