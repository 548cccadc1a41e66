package dev.albert4j.train;

import dev.albert4j.io.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** The frame of a page: one file of HTML that needs nothing else, and is well-formed XML too. */
final class Page {
    /** Must do without the characters that XML escapes and HTML does not escape in styles. */
    private static final String STYLE = """
            :root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --page: #ffffff; --edge: #d8dee4;
              --accent: #2563eb; --best: #b45309; --heat: 37 99 235; --deep: #ffffff; }
            @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --page: #0d1117;
              --edge: #30363d; --accent: #6ea8fe; --best: #fbbf24; --heat: 59 130 246; } }
            body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: var(--text); background: var(--page);
              font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
            h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
            figure { margin: 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
            svg text { fill: var(--soft); font-size: 11px; } svg text.best { fill: var(--best); font-weight: 600; }
            .grid { stroke: var(--edge); } path { fill: none; stroke: var(--accent); stroke-width: 2; }
            path.raw { stroke-width: 1; opacity: 0.3; } .dot { fill: var(--accent); }
            path.ideal { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 4; }
            .bar { fill: var(--accent); opacity: 0.35; } .mean { stroke: var(--best); stroke-width: 3; }
            circle.best { fill: var(--page); stroke: var(--best); stroke-width: 3; }
            .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; }
            .beside { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: center; }
            .beside figure { flex: 1 1 22rem; max-width: 28rem; }
            .scroll { overflow-x: auto; overflow-wrap: normal; }
            table { border-collapse: collapse; } th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid var(--edge); }
            th { text-align: left; font-weight: 600; unicode-bidi: isolate; }
            td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
            .pairs th { white-space: nowrap; vertical-align: top; }
            tr.average th { font-weight: normal; font-style: italic; }
            .errors { width: 100%; } .errors th, .errors td { vertical-align: top; }
            .errors td { overflow-wrap: anywhere; } .errors td.number { overflow-wrap: normal; }
            .errors td.said { min-width: 7rem; width: 22%; } .errors td.text { min-width: 12rem; width: 45%; }
            td.text, td.said { white-space: pre-wrap; unicode-bidi: plaintext; }
            .heat td { text-align: center; border: 1px solid var(--edge); background: rgb(var(--heat) / var(--share)); }
            .heat td.deep { color: var(--deep); } .heat th { border: 0; } .heat thead th { text-align: center; }
            .upright { writing-mode: vertical-rl; } .note { color: var(--soft); }
            pre { overflow-x: auto; overflow-wrap: normal; padding: 1rem; border: 1px solid var(--edge); }
            @media print { :root { color-scheme: light; --text: #000000; --soft: #444444; --page: #ffffff; --edge: #c0c0c0;
              --accent: #1d4ed8; --best: #92400e; --heat: 37 99 235; }
              body { max-width: none; margin: 0; font-size: 11px; } .scroll, pre { overflow-x: visible; }
              .heat td, .bar { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
              h2 { break-after: avoid; } figure, tr { break-inside: avoid; } pre { white-space: pre-wrap; } }
            """;

    private Page() {}

    /**
     * Writes a page, aside and then into place.
     *
     * @param file to write; replaced if it is there
     * @param kind of page, for the window's title
     * @param title its heading
     * @param content writes what is below the heading, and ends what it begins
     */
    static void write(Path file, String kind, String title, Consumer<Markup> content) throws IOException {
        Markup page = new Markup();
        page.open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en").open("head");
        page.empty("meta", "charset", "utf-8");
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        String policy = "default-src 'none'; style-src 'unsafe-inline'";
        page.empty("meta", "http-equiv", "Content-Security-Policy", "content", policy);
        page.element("title", title + ": " + kind).element("style", STYLE).close();
        page.open("body").element("h1", title, "dir", "auto");
        content.accept(page);
        byte[] html = page.close().close().toString().getBytes(StandardCharsets.UTF_8);
        WholeFile.write(file, html);
    }

    /** A table of names and what belongs to them. */
    static void addPairs(Markup page, Map<String, String> pairs, String style) {
        page.open("table", "class", "pairs").open("tbody");
        pairs.forEach((name, value) -> page.open("tr")
                .element("th", name, "scope", "row")
                .element("td", value, "class", style)
                .close());
        page.close().close();
    }
}
