/**
 * The style sheet of a report: light and dark by what the reader prefers, narrow and wide; no `<` and no `&`, so it is
 * text in XML, too.
 */
export const STYLE = `
:root{color-scheme:light dark;--page:#f6f7f8;--card:#fff;--ink:#16191d;--soft:#5a6470;--line:#e1e5e9;--grid:#e9ecef;--code:#f0f2f4;--pass:#14663d;--fail:#a8201a;--unknown:#7a5300;--current:#bcd9e8;--on-current:#12384a;--origin:#dfe4e8;--behind:#f6c562;--far:#e58a3c;--on-behind:#3d2400;--gone:#c9cdd2;--on-gone:#33383e;--stroke:#16191d;--band:#7b4fc9;--band-fill:#7b4fc91f;--raw:#f0cf95;--adjusted:#d9722a;--told:#8db7ad;--bound:#14663d;--median:#1c6a92;--range:#a9cfe3}
@media(prefers-color-scheme:dark){:root{--page:#101316;--card:#181c20;--ink:#e8ebee;--soft:#98a3af;--line:#2b3138;--grid:#242a30;--code:#22282e;--pass:#5ecb92;--fail:#ff8a80;--unknown:#e9bd5b;--current:#234b60;--on-current:#d5ecf7;--origin:#343b43;--behind:#a87718;--far:#b3541e;--on-behind:#fff3dc;--gone:#4a5058;--on-gone:#e6e9ec;--stroke:#e8ebee;--band:#b79bf2;--band-fill:#b79bf22e;--raw:#6b4d1c;--adjusted:#e8853b;--told:#3c6b62;--bound:#5ecb92;--median:#7cc3e6;--range:#27506a}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main{max-width:1180px;margin:0 auto;padding:32px 24px 64px}
code{font:.88em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
small{font-size:.85em;color:var(--soft);font-weight:400}
.defs{position:absolute}
header,section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:28px 32px;margin:0 0 20px}
header{border-top:5px solid var(--verdict)}
header.pass{--verdict:var(--pass)}header.fail{--verdict:var(--fail)}header.unknown{--verdict:var(--unknown)}
.verdict{margin:0;color:var(--verdict);font-weight:700;font-size:1.05rem;letter-spacing:.01em;display:flex;align-items:center;gap:10px}
.sign{display:inline-grid;place-items:center;width:26px;height:26px;border-radius:50%;background:var(--verdict);color:var(--card);font-size:.95rem;line-height:1}
h1{font-size:1.75rem;line-height:1.2;margin:10px 0 8px;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:1.2rem;line-height:1.3;margin:0 0 6px;letter-spacing:-.005em}
.reason{font-size:1.05rem;margin:0;max-width:75ch;overflow-wrap:anywhere}
.happened{margin:10px 0 0;max-width:90ch;text-wrap:pretty;overflow-wrap:anywhere}.happened>span{display:block}
.description{color:var(--soft);margin:10px 0 0;max-width:75ch;overflow-wrap:anywhere}
nav{margin:0 0 20px;padding:0 4px;display:flex;flex-wrap:wrap;gap:4px 22px;font-size:.92rem}nav a{color:var(--ink);text-underline-offset:3px}nav a:hover{text-decoration-thickness:2px}section{scroll-margin-top:12px}
dl{display:flex;flex-wrap:wrap;gap:14px 36px;margin:24px 0 0}
dl div{min-width:0}
.meanings{display:grid;grid-template-columns:minmax(0,max-content) minmax(0,1fr);gap:8px 24px}.meanings dd{margin:0;font-weight:400}.meanings dt{color:inherit;font-size:inherit}a.check{color:inherit;text-decoration-style:dotted;text-underline-offset:3px}
dt{color:var(--soft);font-size:.8rem}
dd{margin:0;font-weight:600;overflow-wrap:anywhere}
.again{margin:22px 0 0;display:flex;gap:12px;align-items:baseline;background:var(--code);border-radius:8px;padding:10px 14px}
.again span{color:var(--soft);font-size:.8rem}.again code{overflow-wrap:anywhere;user-select:all}
.lead{color:var(--soft);margin:0 0 16px;max-width:78ch}
.note{color:var(--soft);font-size:.9rem;margin:12px 0}
.mark{font-weight:600;white-space:nowrap}.mark.pass{color:var(--pass)}.mark.fail{color:var(--fail)}.mark.unknown{color:var(--unknown)}
.scroll{overflow-x:auto;margin:0 -4px;padding:0 4px}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--soft);padding:0 0 8px}
th,td{padding:8px 0 8px 20px;border-bottom:1px solid var(--line);vertical-align:top;text-align:left}
th:first-child{padding-left:0}
thead th{color:var(--soft);font-weight:500;font-size:.82rem;white-space:nowrap;border-bottom-color:var(--soft)}
tbody th{font-weight:600;white-space:nowrap}
tbody tr:last-child th,tbody tr:last-child td{border-bottom:0}
.number{text-align:right;white-space:nowrap}
.tables{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:28px 48px;margin-top:16px}
figure{margin:0}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:6px 22px;margin:0 0 18px;padding:0;font-size:.85rem;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:8px}
.swatch{width:18px;height:12px;border-radius:3px;display:inline-block}
.swatch.current{background:var(--current)}.swatch.behind{background:var(--behind)}.swatch.far{background:var(--far)}.swatch.gone{background:var(--gone)}
.swatch.labelled{border-bottom:4px solid var(--stroke);background:var(--current)}.swatch.band{background:var(--band-fill);border:1px solid var(--band)}
.swatch.raw{background:var(--raw)}.swatch.adjusted{background:var(--adjusted)}.swatch.told{background:var(--told)}.swatch.range{background:var(--range)}
.swatch.bound{height:0;border-top:2px dashed var(--bound);border-radius:0}.swatch.median{height:0;border-top:2px solid var(--median);border-radius:0}
.swatch.failed{color:var(--fail);font-weight:700;line-height:12px;text-align:center}
.row{display:grid;grid-template-columns:190px minmax(0,1fr);column-gap:16px;align-items:center}
.gutter{display:none}.valued .row{grid-template-columns:134px 56px minmax(0,1fr);margin-bottom:12px}.valued .gutter{display:block}.valued .row{column-gap:8px}
.checks{list-style:none;margin:0;padding:0}.checks li{display:grid;grid-template-columns:174px 110px minmax(0,1fr);gap:2px 16px;padding:8px 0;border-top:1px solid var(--line)}.checks li:first-child{border-top:0}.why{overflow-wrap:anywhere}
.label{font-size:.88rem;font-weight:600;line-height:1.3;min-width:0;overflow-wrap:anywhere;padding:1px 0}
.label small{display:block}
.fault-name{color:var(--band)}
.plot{display:block;overflow:hidden}
.key{font:600 .95rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;margin:16px 0 4px;padding-top:12px;border-top:1px solid var(--line);overflow-wrap:anywhere}
svg text{fill:var(--ink);font-size:12px}
.grid{stroke:var(--grid)}.edge{stroke:var(--soft);stroke-opacity:.5}.base{stroke:var(--soft);stroke-opacity:.5}.thread{stroke:var(--line)}
svg .tick,svg .phase{fill:var(--soft);font-size:11px}
svg .value{fill:var(--soft);font-size:11px;paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}
svg .on-chart{fill:var(--soft);font-size:11px}
.band{fill:var(--band-fill)}.fault{fill:var(--band);rx:3px}
.block.origin{stroke:var(--card)}
.block.origin{fill:var(--origin)}.block.current{fill:var(--current)}.block.behind{fill:var(--behind)}.block.far{fill:var(--far)}.block.gone{fill:var(--gone)}
.labelled{fill:var(--stroke)}
svg .on-block{font-size:11px;font-weight:600;pointer-events:none}
.told{fill:var(--told)}.raw{fill:var(--raw)}.adjusted{fill:var(--adjusted)}.range{fill:var(--range)}
.bound,.median{fill:none;vector-effect:non-scaling-stroke;stroke-width:1.5px}.bound{stroke:var(--bound);stroke-dasharray:5 4}.median{stroke:var(--median);stroke-width:2px}
svg .failed{fill:var(--fail);font-weight:700;font-size:14px}
.anomaly{border-top:1px solid var(--line);padding:20px 0 8px;margin:0}
.anomaly h4{margin:0 0 4px;font-size:1.02rem;color:var(--fail);overflow-wrap:anywhere}
.explain{margin:0 0 14px;max-width:80ch;overflow-wrap:anywhere}
.story{display:grid;grid-template-columns:minmax(0,440px) minmax(0,1fr);gap:12px 40px;align-items:start}
.story ol{margin:34px 0 0;padding:0;list-style:none;counter-reset:moment}
.story ol li{counter-increment:moment;position:relative;padding:0 0 8px 34px;min-height:50px;overflow-wrap:anywhere;line-height:1.4}
.story ol li::before{content:counter(moment);position:absolute;left:0;top:1px;width:20px;height:20px;border-radius:50%;border:1.5px solid var(--soft);font:600 11px/17px system-ui,sans-serif;text-align:center}
.story ol li.culprit::before{background:var(--fail);border-color:var(--fail);color:var(--card)}
.group{margin:18px 0 4px;font-size:1.02rem}.group small{margin-left:6px}.of-key{margin:12px 0 0;font-weight:600;overflow-wrap:anywhere}
.when{color:var(--soft)}
.plain{list-style:none;margin:4px 0 0;padding:12px 0 0;color:var(--soft);font-size:.92rem;overflow-wrap:anywhere}
.plain li{margin:0 0 6px}.plain strong{color:var(--ink)}.fault-note strong{color:var(--band)}
.lane{stroke:var(--line);stroke-width:2px}svg .lane-name{font-weight:600;font-size:12px}
.link{display:inline-block}.unbroken{white-space:nowrap}.lost{stroke-dasharray:4 4}svg .band-name{fill:var(--band);font-size:11px;font-weight:600}
.arrow{stroke:var(--soft);stroke-width:1.5px}.arrowhead{fill:var(--soft)}
.moment circle{fill:var(--card);stroke:var(--ink);stroke-width:1.5px}.moment .number{font-size:11px;font-weight:600}
.moment .version{font-size:11px;paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round;font-weight:600}
.moment.culprit circle{fill:var(--fail);stroke:var(--fail)}.moment.culprit .number{fill:var(--card)}.moment.culprit .version{fill:var(--fail)}
details{border-top:1px solid var(--line);padding-top:16px;margin-top:12px}summary{cursor:pointer;font-weight:600}
footer{color:var(--soft);font-size:.85rem;padding:8px 4px}
@media(max-width:760px){main{padding:12px 10px 40px}header,section{padding:20px 16px;border-radius:10px}h1{font-size:1.4rem}svg .wide{display:none}.row{grid-template-columns:minmax(0,1fr);margin-bottom:4px}.valued .row{grid-template-columns:56px minmax(0,1fr);column-gap:0}.label{grid-column:1/-1}.checks li{grid-template-columns:minmax(0,1fr) auto}.why{grid-column:1/-1;color:var(--soft)}.label:empty{display:none}.label small{display:inline}.story{grid-template-columns:minmax(0,1fr)}.story ol{margin-top:8px}.story ol li{min-height:0}dl{gap:12px 28px}}
@media print{nav{display:none}body{background:none}header,section{break-inside:avoid;border-color:#999}}
`;
