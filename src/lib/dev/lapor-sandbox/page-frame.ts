const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;'
};

/** Everything that came from outside passes here before it stands in a page. */
export const escapeHtml = (value: unknown): string =>
	String(value ?? '').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** `05-12-2026 16.00 WIB` of an ISO time. */
export function wibText(iso: string): string {
	const parts = new Intl.DateTimeFormat('id-ID', {
		timeZone: 'Asia/Jakarta',
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		hour: '2-digit',
		minute: '2-digit'
	});
	return `${parts.format(new Date(iso))} WIB`;
}

const STYLE = `
:root{color-scheme:light;--ink:#1c2733;--soft:#5b6875;--line:#d9e0e7;--paper:#fff;--ground:#f3f5f8;--mark:#a3262a}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
header{background:var(--paper);border-bottom:3px solid var(--mark);padding:1rem 0}.wrap{max-width:62rem;margin:0 auto;padding:0 1rem}
header a.home{color:inherit;text-decoration:none;font-weight:700;font-size:1.15rem}nav{display:flex;gap:1.25rem;margin-top:.4rem}nav a{padding:.35rem 0}header p{margin:.2rem 0 0;color:var(--soft)}
main.wrap{padding:1.25rem 1rem 3rem}section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1rem 1.25rem;margin-bottom:1.25rem}
h1{font-size:1.4rem;margin:.25rem 0 1rem}h2{font-size:1.1rem;margin:.25rem 0 .75rem}a{color:#0b5394}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th{text-align:left;color:var(--soft);font-weight:600;font-size:.9rem}
th,td{padding:.5rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}td.text{min-width:12rem;overflow-wrap:anywhere}
.chip{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:.05rem .6rem;font-size:.9rem;white-space:nowrap}
.s-selesai{background:#e4f4e8;border-color:#9fd0ac}.s-ditolak,.s-diarsipkan{background:#fbe7e7;border-color:#e2aaaa}.s-dalam-proses{background:#fff3d6;border-color:#e5cd8c}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--ground);border-radius:8px;padding:.75rem;font:inherit;margin:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
label{display:block;font-weight:600;margin:.75rem 0 .25rem}input,select,textarea{font:inherit;width:100%;padding:.5rem .6rem;border:1px solid #8b98a5;border-radius:8px;background:#fff}
textarea{min-height:6rem}button{font:inherit;font-weight:600;margin-top:.9rem;padding:.55rem 1.1rem;border:0;border-radius:8px;background:#0b5394;color:#fff;min-height:2.75rem}
button.plain{background:#fff;color:var(--ink);border:1px solid #8b98a5}.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:0 1rem}
ol.letters{list-style:none;margin:0;padding:0}ol.letters li{border-top:1px solid var(--line);padding:.6rem 0}ol.letters a{display:block;font-weight:600;overflow-wrap:anywhere}pre.letter{margin-top:1rem}
ol.log{list-style:none;margin:0;padding:0}ol.log li{border-left:3px solid var(--line);padding:.1rem 0 .8rem .9rem}.soft{color:var(--soft)}.bad{color:var(--mark);font-weight:600}
:focus-visible{outline:3px solid #f2a900;outline-offset:2px}`;

/** A whole page. `body` is HTML whose foreign parts were escaped. */
export const frame = (title: string, body: string): string => `<!doctype html>
<html lang="id">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Tiruan SP4N-LAPOR!</title><style>${STYLE}</style></head>
<body><header><div class="wrap"><a class="home" href="/">Tiruan SP4N-LAPOR!</a>
<p>Untuk pengembangan dan peragaan. Tidak terhubung ke lapor.go.id; tidak ada laporan di sini yang sampai ke sana.</p>
<nav><a href="/">Laporan</a><a href="/surat">Surat</a></nav></div></header>
<main class="wrap">${body}</main></body></html>`;

export const statusChip = (name: string): string =>
	`<span class="chip s-${escapeHtml(name.toLowerCase().replace(/[^a-z]+/g, '-'))}">${escapeHtml(name)}</span>`;

/** Choices whose value is the word itself. */
export const options = (values: readonly string[], chosen?: string): string =>
	values.map((value) => `<option${value === chosen ? ' selected' : ''}>${escapeHtml(value)}</option>`).join('');

/** Choices with a value apart from their words. */
export const wordedOptions = (words: Readonly<Record<string, string>>): string =>
	Object.entries(words)
		.map(([value, word]) => `<option value="${escapeHtml(value)}">${escapeHtml(word)}</option>`)
		.join('');
