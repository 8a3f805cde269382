/// The markup and style around a page's content.
enum PageTemplate {
  /// The palette's custom properties, in light and dark.
  static var palette: String {
    let light = Ink.allCases.map { "\($0.name):\(Ink.hexadecimal($0.light))" }.joined(
      separator: ";")
    let dark = Ink.allCases.map { "\($0.name):\(Ink.hexadecimal($0.dark))" }.joined(separator: ";")
    return ":root{\(light)}@media (prefers-color-scheme:dark){:root{\(dark)}}"
  }

  /// The style sheet: one column, generous spacing, numbers aligned.
  static let style = """
    :root{color-scheme:light dark}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--text);
      font:17px/1.6 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
    main{max-width:1040px;margin:0 auto;padding:72px 28px 96px}
    p,.lead{max-width:68ch;margin:0 0 20px;overflow-wrap:anywhere}
    h1{font-size:clamp(30px,5.5vw,46px);line-height:1.12;letter-spacing:-.022em;font-weight:650;
      margin:0 0 20px;text-wrap:balance;overflow-wrap:anywhere}
    header .lead{font-size:clamp(18px,2.4vw,21px);line-height:1.5;color:var(--quiet)}
    h2{font-size:clamp(22px,3.2vw,28px);line-height:1.25;letter-spacing:-.014em;font-weight:650;
      margin:0 0 14px;overflow-wrap:anywhere}
    h2 span{color:var(--quiet);font-weight:400;margin-right:.55em;font-variant-numeric:tabular-nums}
    section{margin-top:76px;padding-top:36px;border-top:1px solid var(--faint)}
    dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(158px,1fr));gap:16px 24px;
      margin:28px 0;padding:0}
    dl div{min-width:0}
    dt{font-size:13px;color:var(--quiet)}
    dd{margin:2px 0 0;font-size:15.5px;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
    nav{margin-top:36px}
    nav ol{list-style:none;margin:0;padding:0;display:grid;gap:2px 28px;
      grid-template-columns:repeat(auto-fill,minmax(264px,1fr))}
    nav a{display:block;padding:5px 0;color:var(--text);text-decoration:none}
    nav a:hover,nav a:focus-visible{color:var(--blue)}
    nav span{color:var(--quiet);display:inline-block;min-width:1.7em;
      font-variant-numeric:tabular-nums}
    figure{margin:34px 0}
    figcaption{font-size:14.5px;line-height:1.5;color:var(--quiet);margin-top:12px;max-width:76ch;
      overflow-wrap:anywhere}
    .scroll{overflow-x:auto}
    .scroll svg{display:block;width:100%;height:auto;margin:0 auto}
    .gallery{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(280px,42vw),1fr));gap:24px 20px}
    .gallery div{min-width:0;max-width:480px}
    .gallery img{display:block;width:100%;height:auto;border-radius:3px;image-rendering:pixelated}
    .gallery b{display:block;font-size:15px;font-weight:600;line-height:1.35;margin-top:9px}
    .gallery i{display:block;font-style:normal;font-size:14px;line-height:1.4;color:var(--quiet);
      font-variant-numeric:tabular-nums}
    table{border-collapse:collapse;width:100%;font-size:15.5px;font-variant-numeric:tabular-nums}
    th,td{padding:9px 0 9px 22px;border-bottom:1px solid var(--faint);text-align:right;
      vertical-align:baseline}
    th{font-weight:500;font-size:13.5px;line-height:1.35;color:var(--quiet)}
    td{white-space:nowrap}
    th.text,td.text{text-align:left;white-space:normal;min-width:8.5em}
    tr>:first-child{padding-left:0}
    .sounds{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(280px,100%),1fr));
      gap:20px 28px;margin:30px 0}
    .sounds div{min-width:0}
    .sounds b{font-weight:600;font-size:15px}
    .sounds i{font-style:normal;color:var(--quiet);font-size:14px;margin-left:.6em}
    audio{display:block;width:100%;margin-top:8px}
    \(LiveFrame.style)
    @media (max-width:560px){main{padding:40px 18px 64px}section{margin-top:52px;padding-top:28px}
      dl{grid-template-columns:1fr 1fr;gap:14px 18px}th,td{padding-left:14px}}
    @media print{section{break-inside:avoid}}
    """

  /// The markup; two braces escape what they hold, three hold markup of our own.
  static let text = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <title>{{title}}</title>
    <style>{{{palette}}}
    {{{style}}}</style>
    </head>
    <body>
    <main>
    <header>
    <h1>{{title}}</h1>
    <p class="lead">{{lead}}</p>
    {{#hasFacts}}<dl>{{#facts}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/facts}}</dl>{{/hasFacts}}
    {{#hasContents}}<nav aria-label="Contents"><ol>{{#sections}}<li><a href="#s{{number}}"><span>{{number}}</span>{{title}}</a></li>{{/sections}}</ol></nav>{{/hasContents}}
    </header>
    {{#sections}}
    <section id="s{{number}}">
    <h2><span>{{number}}</span>{{title}}</h2>
    <p class="lead">{{lead}}</p>
    {{#hasSettings}}<dl>{{#settings}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/settings}}</dl>{{/hasSettings}}
    {{#blocks}}
    {{#text}}<p>{{content}}</p>{{/text}}
    {{#figure}}<figure><div class="scroll" tabindex="0"><div style="min-width:{{least}}px;max-width:{{width}}px">{{{svg}}}</div></div><figcaption>{{caption}}</figcaption></figure>{{/figure}}
    {{#gallery}}<figure><div class="gallery">{{#pictures}}<div><img src="{{{uri}}}" width="{{width}}" height="{{height}}" alt="{{title}}"><b>{{title}}</b><i>{{note}}</i></div>{{/pictures}}</div><figcaption>{{caption}}</figcaption></figure>{{/gallery}}
    {{#table}}<figure><div class="scroll" tabindex="0"><table><thead><tr>{{#columns}}<th{{#isText}} class="text"{{/isText}}>{{name}}</th>{{/columns}}</tr></thead><tbody>{{#rows}}<tr>{{#cells}}<td{{#isText}} class="text"{{/isText}}>{{value}}</td>{{/cells}}</tr>{{/rows}}</tbody></table></div><figcaption>{{caption}}</figcaption></figure>{{/table}}
    {{#live}}<figure>{{{frame}}}<figcaption>{{caption}}</figcaption></figure>{{/live}}
    {{#sounds}}<div class="sounds">{{#clips}}<div><b>{{title}}</b><i>{{note}}</i><audio controls preload="metadata" src="{{{uri}}}"></audio></div>{{/clips}}</div>{{/sounds}}
    {{/blocks}}
    </section>
    {{/sections}}
    </main>
    </body>
    </html>

    """
}
